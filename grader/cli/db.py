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
from grader.store.migrate import SchemaState, losses
from grader.store.migrate import downgrade as take_back
from grader.store.migrate import upgrade as migrate

UPGRADED: Final = {
    SchemaState.CURRENT: "The database is up to date.",
    SchemaState.NEWER: "The database has been migrated by a later version, which this one works with.",
}

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
        state = migrate(known.database_url, pooled=known.database_pooled)
    if not state.is_usable:
        raise SettingsError("The database has been migrated by a later version, which this one does not work with.")
    click.echo(UPGRADED[state])


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade(revision: str, *, yes: bool) -> None:
    """Take migrations back until REVISION is the newest, and lose what they have stored.

    Run it with the newer version of the programs, before going back to the older one. Stop all of them first.
    """
    url = load_database().database_url
    with readable_faults():
        lost = losses(url, revision)
        for migration, what in lost.items():
            click.echo(f"{migration} loses {what or 'nothing'}")
        if lost and not yes:
            click.confirm("Take these back?", abort=True)
        take_back(url, revision)
    click.echo(f"The newest migration of the database is {revision}.")


@db.command("rebuild-tallies")
def rebuild_tallies() -> None:
    """Recompute the tallies that pages read from all submissions; grading pauses until it is done.

    Tallies are updated with every change. Run this only after changing rows by hand.
    """
    with database() as sessions, sessions.begin() as session:
        tallies.rebuild(session)
    click.echo("The tallies agree with the submissions.")
