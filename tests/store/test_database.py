"""What a database's errors say: what went wrong, and never with which values."""

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from grader.devserver.ports import free_port
from grader.store.database import Sessions, connect

ANSWER = "net_h1 = 0.3775 by an@example.edu"
TABLE = "CREATE TEMPORARY TABLE answers (id int PRIMARY KEY, answer text NOT NULL, number int CHECK (number > 0))"
KEEP = "INSERT INTO answers VALUES (:id, :answer, :number)"


def _refused(session: Session, statement: str, values: dict[str, object]) -> DBAPIError:
    with pytest.raises(DBAPIError) as refused:
        session.execute(text(statement), values)
    return refused.value


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (KEEP, {"id": 1, "answer": ANSWER, "number": 1}),
        (KEEP, {"id": 2, "answer": ANSWER, "number": -5}),
        ("UPDATE answers SET answer = NULL WHERE answer = :answer", {"answer": ANSWER}),
        ("SELECT CAST(:answer AS int)", {"answer": ANSWER}),
        ("SELECT * FROM nowhere WHERE answer = :answer", {"answer": ANSWER}),
    ],
    ids=["taken", "checked", "blank", "no number", "no table"],
)
def test_an_error_quotes_no_values(sessions: Sessions, statement: str, values: dict[str, object]) -> None:
    with sessions() as session:
        session.execute(text(TABLE))
        session.execute(text(KEEP), {"id": 1, "answer": ANSWER, "number": 1})
        error = _refused(session, statement, values)
    told = "".join(traceback.format_exception(error))
    for said in (str(error), repr(error), str(error.orig), repr(error.orig), told):
        assert ANSWER not in said
        assert "example.edu" not in said
    assert type(error.orig).__name__ in str(error)


def test_what_is_broken_is_still_named(sessions: Sessions) -> None:
    with sessions() as session:
        error = _refused(session, "SELECT * FROM nowhere WHERE answer = :answer", {"answer": ANSWER})
    assert '(UndefinedTable) relation "nowhere" does not exist' in str(error)


def test_neither_a_database_that_is_away_nor_one_that_goes_quotes_values(sessions: Sessions) -> None:
    with (
        pytest.raises(OperationalError) as away,
        connect(f"postgresql+psycopg://x@127.0.0.1:{free_port()}/y")() as nothing,
    ):
        nothing.execute(text("SELECT :answer"), {"answer": ANSWER})
    with sessions() as session:
        end_it = "SELECT pg_terminate_backend(pg_backend_pid()), CAST(:answer AS text)"
        gone = _refused(session, end_it, {"answer": ANSWER})
    assert ANSWER not in str(away.value)
    assert ANSWER not in str(gone)


def test_our_own_server_writes_no_values_either(sessions: Sessions) -> None:
    with sessions() as session:
        kept = [
            session.scalar(text(f"SHOW {name}"))
            for name in ("log_error_verbosity", "log_parameter_max_length_on_error")
        ]
    assert kept == ["terse", "0"]
