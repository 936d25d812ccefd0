"""The version of the database schema; a separate module, because only migrations and health checks need Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from grader.store.database import SESSION_OPTIONS

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


def upgrade(url: str, *, pooled: bool = False) -> None:
    """Migrate the database; idempotent and safe to run concurrently.

    If a pooler is in between, our session options become the defaults of the role in this database.
    """
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(configuration(connection), "head")
        if pooled:
            _set_defaults(connection)
    engine.dispose()


def _set_defaults(connection: Connection) -> None:
    database = connection.dialect.identifier_preparer.quote(connection.scalars(text("SELECT current_database()")).one())
    for name, value in SESSION_OPTIONS.items():
        connection.execute(text(f"ALTER ROLE CURRENT_USER IN DATABASE {database} SET {name} TO '{value}'"))


def is_current(session: Session) -> bool:
    """Return whether the database has this version's schema."""
    known = ScriptDirectory.from_config(configuration()).get_heads()
    return set(MigrationContext.configure(session.connection()).get_current_heads()) == set(known)
