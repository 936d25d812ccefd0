"""The version of the database's schema; a module of its own, since only who migrates or asks needs Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

DIRECTORY = Path(__file__).resolve().parents[2] / "migrations"
"""Beside the package, where the checkout and the container's image have it."""

_LOCK = 7_202_502
"""An advisory lock of our own: of two migrators at once the second waits, and then finds nothing to do."""


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", DIRECTORY.as_posix().replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str) -> None:
    """Bring the database to the newest schema; two at once, or twice, do no harm."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(configuration(connection), "head")
    engine.dispose()


def is_current(session: Session) -> bool:
    """Tell whether the database has the schema that this version of the code knows."""
    known = ScriptDirectory.from_config(configuration()).get_heads()
    return set(MigrationContext.configure(session.connection()).get_current_heads()) == set(known)
