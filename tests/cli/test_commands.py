"""The commands that work on a database, as a person types them."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, inspect, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from grader.catalog.load import Catalog
from grader.cli import main
from grader.devserver.ports import free_port
from grader.services.accounts.authentication import authenticate_token
from grader.services.errors import TokenRefused
from grader.services.grading.drain import drain
from grader.store.accounts import user_by_email
from grader.store.database import connect
from grader.store.submission_tables import ExerciseTally, LearnerResult
from grader.vocabulary import Role
from tests.fixtures.course import Clock, Send

Sessions = sessionmaker[Session]


@pytest.fixture
def on_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.delenv("GRADER_BASE_URL", raising=False)


def grader(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def test_db_upgrade_makes_the_tables_and_may_be_run_again(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    for _ in range(2):
        assert grader("db", "upgrade").output == "The database is up to date.\n"
    sessions = connect(empty_database_url)
    assert "submissions" in inspect(sessions.kw["bind"]).get_table_names()
    sessions.kw["bind"].dispose()


def test_db_downgrade_lists_what_is_lost_and_asks(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    grader("db", "upgrade")
    refused = grader("db", "downgrade", "0009", typed="n\n")
    assert "0010 loses sums for overviews; a later upgrade computes them again\n" in refused.output
    assert refused.exit_code == 1
    assert grader("db", "upgrade").output == "The database is up to date.\n"
    done = grader("db", "downgrade", "0009", "--yes")
    assert done.output.endswith("The newest migration of the database is 0009.\n")
    unknown = grader("db", "downgrade", "0012", "--yes")
    assert unknown.output.startswith("Error: 0012 is not a migration of this database: 0001, 0002")


@pytest.mark.parametrize(
    ("oldest", "says", "exit_code"),
    [("0012", "by a later version, which this one works with", 0), ("9999", "which this one does not work with", 1)],
)
def test_db_upgrade_leaves_a_newer_schema_as_it_is(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, oldest: str, says: str, exit_code: int
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    grader("db", "upgrade")
    sessions = connect(empty_database_url)
    with sessions.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.execute(text("UPDATE schema_support SET oldest_program = :oldest"), {"oldest": oldest})
    sessions.kw["bind"].dispose()
    result = grader("db", "upgrade")
    assert says in result.output
    assert result.exit_code == exit_code


@pytest.mark.usefixtures("on_database", "tallied")
def test_tallies_that_were_changed_by_hand_are_rebuilt(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(update(ExerciseTally).values(graded=1_000))
        session.execute(delete(LearnerResult))
    assert grader("db", "rebuild-tallies").output == "The tallies agree with the submissions.\n"
    with sessions() as session:
        assert session.scalars(select(ExerciseTally.graded)).all() == [3]
        assert session.scalars(select(LearnerResult.attempts)).all() == [3]


@pytest.fixture
def tallied(sessions: Sessions, send: Send, catalog: Catalog, clock: Clock) -> None:
    """Three graded submissions of one learner."""
    send(3)
    drain(sessions, catalog, clock)


@pytest.mark.parametrize("is_running", [True, False])
def test_beside_make_run_a_missing_setting_comes_with_the_file_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_running: bool
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    if is_running:
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "local.env").touch()
    result = grader("users", "create", "lan@school.vn")
    assert "DATABASE_URL is not set" in result.output
    assert (". var/local.env" in result.output) == is_running


@pytest.mark.usefixtures("on_database")
def test_users_create_prints_a_link_that_signs_in(sessions: Sessions) -> None:
    result = grader("users", "create", "Lan@School.vn", "--name", "Lan", "--role", "instructor")
    assert re.fullmatch(r"http://127.0.0.1:8123/sign-in/link/\S{40,}\n", result.output)
    with sessions() as session:
        user = user_by_email(session, "lan@school.vn")
    assert user is not None
    assert (user.name, user.role, user.password_hash) == ("Lan", Role.INSTRUCTOR, None)


@pytest.mark.usefixtures("on_database")
def test_users_create_asks_for_a_password_where_one_is_wanted(sessions: Sessions) -> None:
    typed = "a long enough password\n" * 2
    assert grader("users", "create", "lan@school.vn", "--password", typed=typed).exit_code == 0
    with sessions() as session:
        user = user_by_email(session, "lan@school.vn")
    assert user is not None
    assert str(user.password_hash).startswith("$argon2id$")


@pytest.mark.usefixtures("on_database")
def test_users_create_refuses_a_common_password(sessions: Sessions) -> None:
    result = grader("users", "create", "lan@school.vn", "--password", typed="Password123\n" * 2)
    assert result.exit_code == 1
    assert "one of the most common passwords" in result.output
    with sessions() as session:
        assert user_by_email(session, "lan@school.vn") is None


@pytest.mark.usefixtures("on_database")
def test_users_link_lets_somebody_in_again() -> None:
    first = grader("users", "create", "lan@school.vn").output
    second = grader("users", "link", "lan@school.vn").output
    assert first != second
    assert "/sign-in/link/" in second


@pytest.mark.usefixtures("on_database")
def test_a_user_that_exists_is_one_clear_line() -> None:
    grader("users", "create", "lan@school.vn")
    again = grader("users", "create", "LAN@school.vn")
    assert (again.exit_code, again.output) == (1, "Error: An account for lan@school.vn already exists.\n")


@pytest.mark.usefixtures("on_database")
def test_a_fresh_deployment_gets_its_first_administrator_who_cannot_be_lost(sessions: Sessions) -> None:
    assert grader("users", "create", "ada@school.vn", "--role", "administrator").exit_code == 0
    last = grader("users", "role", "ada@school.vn", "student")
    assert (last.exit_code, last.output.count("\n")) == (1, 1)
    assert "the only administrator" in last.output
    grader("users", "create", "lan@school.vn")
    assert grader("users", "role", "LAN@school.vn", "administrator").output == "LAN@school.vn is administrator now.\n"
    assert grader("users", "disable", "ada@school.vn").output == "ada@school.vn is disabled.\n"
    with sessions() as session:
        ada = user_by_email(session, "ada@school.vn")
    assert ada is not None
    assert ada.disabled_at is not None
    assert grader("users", "enable", "ada@school.vn").exit_code == 0
    assert grader("users", "disable", "nobody@school.vn").output == "Error: There is no account for nobody@school.vn.\n"


@pytest.mark.usefixtures("on_database")
def test_what_is_stored_of_somebody_is_written_and_erased(sessions: Sessions) -> None:
    grader("users", "create", "lan@school.vn")
    said = json.loads(grader("users", "export", "Lan@School.vn").output)
    assert (said["format"], said["account"]["email"]) == ("nn-grader/person", "lan@school.vn")
    refused = grader("users", "erase", "lan@school.vn", typed="an@school.vn\n")
    assert refused.exit_code != 0
    assert "enter the e-mail" in refused.output
    assert "erased" in grader("users", "erase", "lan@school.vn", "--confirm", "lan@school.vn").output
    with sessions() as session:
        assert user_by_email(session, "lan@school.vn") is None
    assert grader("users", "export", "lan@school.vn").exit_code != 0


@pytest.mark.usefixtures("on_database")
def test_tokens_create_prints_a_token_of_a_client(sessions: Sessions) -> None:
    plain = grader("tokens", "create", "gradebook", "--client", "moodle", "--scope", "results").output.strip()
    with sessions() as session:
        principal = authenticate_token(session, plain, datetime.now(UTC))
    assert (principal.scopes, principal.learner_ref) == (frozenset({"results"}), None)


@pytest.mark.usefixtures("on_database")
def test_tokens_create_makes_a_students_own(sessions: Sessions) -> None:
    grader("users", "create", "an@school.vn")
    plain = grader("tokens", "create", "laptop", "--student", "an@school.vn").output.strip()
    with sessions() as session:
        principal = authenticate_token(session, plain, datetime.now(UTC))
    assert (principal.scopes, principal.learner_ref) == (frozenset({"submit", "read"}), "an@school.vn")


@pytest.mark.usefixtures("on_database")
@pytest.mark.parametrize("whose", [[], ["--client", "moodle", "--student", "an@school.vn"]])
def test_a_token_belongs_to_a_client_or_to_a_student(whose: list[str]) -> None:
    result = grader("tokens", "create", "x", *whose)
    assert result.exit_code == 2
    assert "either --client or --student" in result.output


def test_a_database_without_tables_is_one_clear_line(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    result = grader("users", "link", "lan@school.vn")
    assert result.output == "Error: The database has no nn-grader tables yet: run `grader db upgrade`.\n"


def test_a_database_that_is_away_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://who@127.0.0.1:{free_port()}/x")
    for command in (("db", "upgrade"), ("users", "link", "lan@school.vn")):
        result = grader(*command)
        assert (result.exit_code, result.output.count("\n")) == (1, 1)
        assert result.output.startswith("Error: The database that DATABASE_URL names cannot be used: ")


def test_a_missing_setting_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert grader("db", "upgrade").output == "Error: DATABASE_URL is not set\n"


def test_an_unknown_command_is_said() -> None:
    assert "No such command 'fly'" in grader("fly").output


@pytest.mark.usefixtures("on_database")
def test_a_token_is_listed_until_it_is_revoked_and_then_opens_nothing(sessions: Sessions) -> None:
    plain = grader("tokens", "create", "gradebook", "--client", "moodle").output.strip()
    number = re.search(r"(\d+) +│ gradebook", grader("tokens", "list").output)
    assert number is not None
    assert grader("tokens", "revoke", number[1]).output == f"Token {number[1]} revoked.\n"
    assert "gradebook" not in grader("tokens", "list").output
    with sessions() as session, pytest.raises(TokenRefused):
        authenticate_token(session, plain, datetime.now(UTC))


@pytest.mark.usefixtures("on_database")
def test_a_token_that_is_not_there_cannot_be_revoked() -> None:
    result = grader("tokens", "revoke", "4711")
    assert result.exit_code == 1
    assert result.output == "Error: There is no token 4711 to revoke; `grader tokens list` shows the existing ones.\n"
