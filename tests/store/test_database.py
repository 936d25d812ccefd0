"""What a database's errors say: what went wrong, and never with which values; and how results are read."""

import traceback
from collections.abc import Callable

import pytest
from psycopg.pq import Format
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from grader.devserver.ports import free_port
from grader.store.database import BINARY, Sessions, autocommit, connect
from tests.fixtures.round_trips import round_trips

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


VALUES = """SELECT array_agg(id) AS ids, array_agg(moment) AS moments, array_agg(points) AS points, array_agg(word) AS words,
    jsonb_object_agg(word, number) AS numbers, sum(number) AS total, max(number) AS largest, max(moment) AS latest
FROM (VALUES
    ('5e5f0b0e-0000-4000-8000-000000000001'::uuid, '2026-03-29 01:59:59.999999+01'::timestamptz, 0.1::float8, 'ố', 3::bigint),
    ('5e5f0b0e-0000-4000-8000-000000000002'::uuid, '1999-12-31 23:59:00-05'::timestamptz, NULL, 'x', 2 ^ 40)
) AS sent (id, moment, points, word, number)"""


def test_results_read_in_binary_are_those_read_as_text(sessions: Sessions) -> None:
    with sessions() as session:
        plain, binary = (session.connection().execute(text(VALUES), execution_options=how) for how in ({}, BINARY))
        assert (plain.cursor.format, binary.cursor.format) == (Format.TEXT, Format.BINARY)
        (one,), (other,) = plain.all(), binary.all()
    assert one == other
    assert list(map(type, one)) == list(map(type, other))
    assert [moment.tzinfo for moment in one.moments] == [moment.tzinfo for moment in other.moments]


@pytest.mark.parametrize("begins", [sessionmaker.__call__, autocommit])
def test_a_connection_that_the_server_has_closed_is_replaced_unnoticed(
    sessions: Sessions, begins: Callable[[Sessions], Session]
) -> None:
    with sessions() as other:
        other.execute(text("SELECT 1"))
        with begins(sessions) as session:
            first = session.scalars(text("SELECT pg_backend_pid()")).one()
        other.execute(text("SELECT pg_terminate_backend(:pid, 60000)"), {"pid": first})
        with begins(sessions) as session:
            assert session.scalars(text("SELECT pg_backend_pid()")).one() != first


def test_a_session_without_a_transaction_takes_a_connection_with_its_first_statement(sessions: Sessions) -> None:
    pool = sessions.kw["bind"].pool
    with autocommit(sessions) as session:
        assert pool.checkedout() == 0
        session.execute(text("SELECT 1"))
        assert pool.checkedout() == 1
    assert pool.checkedout() == 0


def test_taking_an_open_connection_asks_the_server_nothing(sessions: Sessions) -> None:
    with autocommit(sessions) as session:
        session.execute(text("SELECT 1"))
    with round_trips(sessions) as taken:
        with autocommit(sessions) as session:
            session.execute(text("SELECT 1"))
        assert len(taken) == 1
        with sessions() as session:
            session.execute(text("SELECT 1"))
        assert len(taken) == 4  # BEGIN, the statement, ROLLBACK
