"""The version of the database schema; a separate module, because only migrations and health checks need Alembic."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, delete, insert, inspect, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from grader.judging.errors import GraderError
from grader.store.database import SESSION_OPTIONS
from grader.store.tables import SchemaSupport

DIRECTORY = Path(__file__).resolve().parents[2] / "migrations"
"""Next to the package, in the checkout as in the container image."""

_LOCK = 7_202_502
"""The id of our advisory lock: of two concurrent migrations, the second waits and then has nothing to do."""


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", DIRECTORY.as_posix().replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


class SchemaState(StrEnum):
    """A database's schema as this version sees it; it works with the first two.

    NEWER and TOO_NEW: a later version has migrated it, which this one does, or does not, work with.
    """

    CURRENT = "ok"
    NEWER = "newer"
    OLDER = "not migrated"
    TOO_NEW = "too new"

    @property
    def is_usable(self) -> bool:
        """Whether this version works with it."""
        return self in {SchemaState.CURRENT, SchemaState.NEWER}


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


@cache
def _known() -> tuple[str, ...]:
    """Return the migrations that this version knows, the newest first."""
    return tuple(script.revision for script in _scripts().walk_revisions())


def schema_state(session: Session) -> SchemaState:
    """Return whether this version works with the database's schema."""
    (stored,) = MigrationContext.configure(session.connection()).get_current_heads() or ("",)
    if stored == _known()[0]:
        return SchemaState.CURRENT
    if not stored or stored in _known():
        return SchemaState.OLDER
    oldest = session.scalars(select(SchemaSupport.oldest_program)).one_or_none()
    return SchemaState.NEWER if oldest in _known() else SchemaState.TOO_NEW


def upgrade(url: str, *, pooled: bool = False) -> SchemaState:
    """Migrate the database and return its state; idempotent and safe to run concurrently.

    A schema of a later version stays as it is. If a pooler is in between, our session options become the defaults of
    the role in this database.
    """
    with _migrating(url) as connection:
        state = _state(connection)
        if state not in {SchemaState.NEWER, SchemaState.TOO_NEW}:
            command.upgrade(configuration(connection), "head")
            _store_support(connection, _known()[0])
            state = SchemaState.CURRENT
        if pooled:
            _set_defaults(connection)
    return state


def downgrade(url: str, revision: str) -> None:
    """Take migrations back, with what they have stored, until `revision` is the newest.

    Raises:
        UnknownMigration: this version does not know `revision`, or the newest one of the database.
    """
    with _migrating(url) as connection:
        _taken_back(connection, revision)
        command.downgrade(configuration(connection), revision)
        if inspect(connection).has_table(SchemaSupport.__tablename__):
            _store_support(connection, revision)


def losses(url: str, revision: str) -> dict[str, str]:
    """Return what a downgrade loses, by migration, the newest first; raises UnknownMigration."""
    with _migrating(url) as connection:
        taken_back = _taken_back(connection, revision)
    return {one: _scripts().get_revision(one).module.loses for one in taken_back}


class UnknownMigration(GraderError):
    """A migration that this version does not know."""


def _taken_back(connection: Connection, revision: str) -> tuple[str, ...]:
    """Return the migrations to be taken back; raises UnknownMigration."""
    (stored,) = MigrationContext.configure(connection).get_current_heads() or ("",)
    if stored not in _known():
        raise UnknownMigration(f"This version does not know the database's newest migration ({stored or 'none'}).")
    applied = _known()[_known().index(stored) :]
    if revision not in applied:
        raise UnknownMigration(f"{revision} is not a migration of this database: {', '.join(reversed(applied))}.")
    return applied[: applied.index(revision)]


@contextmanager
def _migrating(url: str) -> Iterator[Connection]:
    """Connect for a migration, the only one at the time."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def _state(connection: Connection) -> SchemaState:
    with Session(connection) as session:
        return schema_state(session)


def _store_support(connection: Connection, newest: str) -> None:
    """Store the oldest program that works with the schema of migration `newest`."""
    applied = _known()[_known().index(newest) :]
    oldest = max(getattr(_scripts().get_revision(one).module, "oldest_program", one) for one in applied)
    connection.execute(delete(SchemaSupport))
    connection.execute(insert(SchemaSupport).values(oldest_program=oldest))


def _set_defaults(connection: Connection) -> None:
    database = connection.dialect.identifier_preparer.quote(connection.scalars(text("SELECT current_database()")).one())
    for name, value in SESSION_OPTIONS.items():
        connection.execute(text(f"ALTER ROLE CURRENT_USER IN DATABASE {database} SET {name} TO '{value}'"))
