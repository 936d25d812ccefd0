"""The connection to PostgreSQL, and rows in bulk by COPY: a million in a minute or two."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from select import POLLIN, poll
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.pq import Format
from sqlalchemy import Engine, ExceptionContext, MetaData, create_engine, event, func, select, text
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from grader.store import submission_tables, tables
from grader.store.tables import Base

Sessions = sessionmaker[Session]
"""A factory of sessions: a function that takes one owns its transaction; one that takes a `Session` joins one."""

IDLE_IN_TRANSACTION_SECONDS = 60
"""PostgreSQL ends idle transactions after this time, so that no row stays locked and no result appears too late."""

DATABASE_AWAY = (OperationalError, InterfaceError)
"""Nobody's fault: claims come back when their leases end."""

SESSION_OPTIONS: Final = {
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
    "random_page_cost": "1.1",  # of solid-state disks: few rows are looked up rather than tables read
    "work_mem": "16MB",  # a class of a thousand is sorted in memory
}
"""PostgreSQL's settings for our sessions."""


BAD_DATA: Final = "22"
"""The class of PostgreSQL errors that quote the offending value."""


def connect(url: str, *, pooled: bool = False) -> Sessions:
    """Return a session factory for this database; it connects on first use.

    Connections that PostgreSQL has closed are replaced before use, so that its restart causes no errors. If `pooled`,
    a pooler such as PgBouncer in transaction mode is in between: it refuses options at the start of a connection, and
    `grader.store.migrate.upgrade` makes them the defaults of the role.
    """
    options = {} if pooled else {"options": " ".join(f"-c {name}={value}" for name, value in SESSION_OPTIONS.items())}
    engine = create_engine(
        url,
        pool_size=10,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": "nn-grader"} | options,
    )
    withhold_values(engine)
    event.listen(engine, "before_cursor_execute", _choose_format, named=True)
    event.listen(engine, "checkout", _replace_closed)
    if pooled:
        event.listen(engine, "connect", _set_time_zone)
    return sessionmaker(engine, expire_on_commit=False)


def autocommit(sessions: Sessions) -> Session:
    """Return a session in which each statement is a transaction of its own: one round trip instead of three.

    Like any other, it takes a connection with its first statement.
    """
    return sessions(bind=_autocommitting(sessions.kw["bind"]))


@lru_cache(maxsize=16)
def _autocommitting(engine: Engine) -> Engine:
    """Return the same engine, with the same connections, for statements outside transactions."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _set_time_zone(connection: psycopg.Connection[Any], *_: object) -> None:
    """Choose the time zone of a pooled connection: PgBouncer follows this one parameter for each of its clients."""
    connection.autocommit = True
    connection.execute("SET TIME ZONE 'UTC'")
    connection.autocommit = False


def _replace_closed(connection: psycopg.Connection[Any], *_: object) -> None:
    """Have an idle connection replaced if the server has sent anything over it: it is being closed, or is closed.

    This asks the operating system and not the server, which would take as long as the statement that follows.
    """
    socket = poll()
    if not connection.closed:
        socket.register(connection.fileno(), POLLIN)
    if connection.closed or socket.poll(0):
        raise InvalidatePoolError("the server has closed this connection")


BINARY = {"binary_results": True}
"""Options of statements that return many values: the binary format takes half the time of text, mostly for arrays."""


def _choose_format(*, cursor: psycopg.Cursor[Any], context: ExecutionContext, **_rest: object) -> None:
    if context.execution_options.get("binary_results"):
        cursor.format = Format.BINARY


def withhold_values(engine: Engine) -> None:
    """Remove values from this engine's errors, because their messages end up in logs."""
    event.listen(engine, "handle_error", _withhold)


def _withhold(context: ExceptionContext) -> None:
    original = context.original_exception
    if not isinstance(original, psycopg.Error) or original.sqlstate is None:
        return  # a failed connection quotes no values
    kind = type(original).__name__
    is_quoting = original.sqlstate.startswith(BAD_DATA)
    said = kind if is_quoting else original.diag.message_primary or kind  # without DETAIL, which quotes rows and keys
    original.args = (said, *original.args[1:])
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({kind}) {said}",)


TABLES = (
    tables.Allowance,
    tables.Assignment,
    submission_tables.AuditEntry,
    submission_tables.Blob,
    tables.BrowserSession,
    tables.Client,
    tables.Course,
    submission_tables.Draft,
    tables.Enrolment,
    submission_tables.ExerciseTally,
    submission_tables.Failure,
    submission_tables.Grading,
    submission_tables.IdempotencyKey,
    tables.ExternalIdentity,
    submission_tables.Learner,
    submission_tables.LearnerResult,
    tables.SignInLink,
    tables.MarkOverride,
    tables.StudentMessage,
    submission_tables.Regrade,
    submission_tables.RegradeChunk,
    submission_tables.RegradeResult,
    tables.ResetRequest,
    tables.SchemaSupport,
    tables.Revision,
    submission_tables.Submission,
    tables.Token,
    tables.User,
    submission_tables.Variant,
    submission_tables.VerdictCount,
    submission_tables.Waiting,
)


def metadata() -> MetaData:
    """Return the metadata of all tables."""
    return Base.metadata


def expect_many_rows(session: Session) -> None:
    """Let this transaction pause between its statements, and compress long values fast."""
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    if session.scalar(text("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")):
        session.execute(text("SET LOCAL default_toast_compression = 'lz4'"))


def reserve_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """Take this many numbers of a table's identity column, in ascending order; nobody else gets them."""
    number = func.nextval(func.pg_get_serial_sequence(model.__tablename__, "id"))
    return sorted(session.scalars(select(number).select_from(func.generate_series(1, count))))


def copy_rows(
    session: Session, into: type[Base] | str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """Insert rows, given as values of these columns (JSON as text), and return how many they were.

    Identity columns take the given numbers, which `reserve_ids` gives out. A temporary table is given by its name.
    """
    count = 0
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    name = into if isinstance(into, str) else into.__tablename__
    copying = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names)
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"COPY needs psycopg, not {type(driver).__name__}")
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def analyze(sessions: Sessions) -> None:
    """Vacuum and analyze all tables, so that plans fit their contents."""
    with sessions.kw["bind"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
