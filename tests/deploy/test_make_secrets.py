from pathlib import Path

import pytest

from tools.make_secrets import main, make

NAMES = ("database_password", "secret_key")


def test_secrets_are_long_different_and_for_their_owner_alone(tmp_path: Path) -> None:
    assert main([str(tmp_path), *NAMES]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
    made = {(tmp_path / name).read_text(encoding="utf-8") for name in NAMES}
    assert len(made) == len(NAMES)
    assert all(len(secret) >= 40 for secret in made)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in NAMES} == {0o400}


def test_a_secret_that_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret_key").write_text("kept", encoding="utf-8")
    main([str(tmp_path), *NAMES])
    assert (tmp_path / "secret_key").read_text(encoding="utf-8") == "kept"
    assert capsys.readouterr().out == "database_password: made\nsecret_key: there already\n"


def test_of_two_makers_at_once_one_wins_and_both_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("the other's", encoding="utf-8")
    monkeypatch.setattr(Path, "exists", lambda _path: False)  # it came after we looked
    assert make(secret) is False
    assert secret.read_text(encoding="utf-8") == "the other's"
    assert list(tmp_path.iterdir()) == [secret]
