"""DATABASE_PASSWORD_FILE: the password beside the address, as containers are given it."""

from pathlib import Path

import pytest

from grader.settings import SettingsError, load_database, load_local


@pytest.fixture
def password_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "database_password"
    path.write_text("it's s/e:c@ret\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    return path


@pytest.mark.usefixtures("password_file")
def test_the_password_of_the_file_goes_into_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://grader@postgres:5433/grader?sslmode=disable")
    expected = "postgresql+psycopg://grader:it%27s%20s%2Fe%3Ac%40ret@postgres:5433/grader?sslmode=disable"
    assert load_database().database_url == expected
    assert load_local().database_url == expected


@pytest.mark.usefixtures("password_file")
def test_a_password_in_the_address_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://grader:own@postgres/grader")
    assert load_database().database_url == "postgresql+psycopg://grader:own@postgres/grader"


@pytest.mark.usefixtures("password_file")
def test_without_an_address_the_file_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert load_local().database_url is None


@pytest.mark.usefixtures("password_file")
def test_an_address_without_a_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres/grader")
    with pytest.raises(SettingsError) as caught:
        load_database()
    assert caught.value.detail == "DATABASE_URL must name the user whose password is in DATABASE_PASSWORD_FILE"


def test_a_file_that_cannot_be_read_is_named(password_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    password_file.unlink()
    monkeypatch.setenv("DATABASE_URL", "postgresql://grader@postgres/grader")
    with pytest.raises(SettingsError, match=r"^DATABASE_PASSWORD_FILE cannot be read: .*No such file"):
        load_database()
