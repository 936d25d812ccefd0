import click

from grader.cli.console import warn_of_unknown_settings
from grader.local.faults import readable_faults
from grader.settings import load_database
from grader.store.migrate import upgrade as migrate


@click.group()
def db() -> None:
    """Look after the database that DATABASE_URL names."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest schema. Does no harm when it is there, or when two do it at once."""
    warn_of_unknown_settings()
    with readable_faults():
        migrate(load_database().database_url)
    click.echo("The database is up to date.")
