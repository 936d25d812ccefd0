"""The database of the commands, and `grader db`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from grader.cli.console import warn_of_unknown_settings
from grader.devserver.errors import readable_faults
from grader.settings import DatabaseSettings, SettingsError, load_database
from grader.store import tallies
from grader.store.database import Sessions, connect
from grader.store.migrate import upgrade as migrate

LOCAL_SETTINGS: Final = Path("var/local.env")
"""Where `make run` writes the settings of the running server."""


@contextmanager
def database() -> Iterator[Sessions]:
    """Open the database that DATABASE_URL names; reports problems in one sentence."""
    warn_of_unknown_settings()
    known = _settings()
    sessions = connect(known.database_url, pooled=known.database_pooled)
    try:
        with readable_faults():
            yield sessions
    finally:
        sessions.kw["bind"].dispose()


def _settings() -> DatabaseSettings:
    try:
        return load_database()
    except SettingsError as error:
        if not LOCAL_SETTINGS.exists():
            raise
        raise SettingsError(f"{error}. To use the running server's settings, run first: . {LOCAL_SETTINGS}") from error


@click.group()
def db() -> None:
    """Maintain the database that DATABASE_URL names."""


@db.command()
def upgrade() -> None:
    """Migrate the database; idempotent and safe to run concurrently."""
    warn_of_unknown_settings()
    with readable_faults():
        known = load_database()
        migrate(known.database_url, pooled=known.database_pooled)
    click.echo("The database is up to date.")


@db.command("rebuild-tallies")
def rebuild_tallies() -> None:
    """Compute the sums that pages read from all submissions; grading waits in the meantime.

    They are kept with every change; only rows that were changed by hand make this necessary.
    """
    with database() as sessions, sessions.begin() as session:
        tallies.rebuild(session)
    click.echo("The tallies agree with the submissions.")
