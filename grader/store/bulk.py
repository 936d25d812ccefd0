"""Rows in bulk, by COPY: a million in a minute or two."""

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grader.store.database import Sessions
from grader.store.tables import Base


def expect_many_rows(session: Session) -> None:
    """Let this transaction pause between its statements, and compress long values fast."""
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    if session.scalar(text("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")):
        session.execute(text("SET LOCAL default_toast_compression = 'lz4'"))


def reserve_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """Take this many numbers of a table's identity column, in ascending order; nobody else gets them."""
    number = func.nextval(func.pg_get_serial_sequence(model.__tablename__, "id"))
    return sorted(session.scalars(select(number).select_from(func.generate_series(1, count))))


def copy_rows(session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Insert rows, given as values of these columns (JSON as text), and return how many they were.

    Identity columns take the given numbers, which `reserve_ids` gives out.
    """
    count = 0
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model.__tablename__), names)
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"COPY needs psycopg, not {type(driver).__name__}")
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def analyze(sessions: Sessions) -> None:
    """Vacuum and analyze all tables, so that plans fit their contents."""
    with sessions.kw["bind"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
