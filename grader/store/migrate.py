"""The version of the database schema; a separate module, because only migrations and health checks need Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

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


def upgrade(url: str) -> None:
    """Migrate the database; idempotent and safe to run concurrently."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(configuration(connection), "head")
    engine.dispose()


def is_current(session: Session) -> bool:
    """Return whether the database has this version's schema."""
    known = ScriptDirectory.from_config(configuration()).get_heads()
    return set(MigrationContext.configure(session.connection()).get_current_heads()) == set(known)
