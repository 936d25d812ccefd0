import contextlib
from pathlib import Path

import click

from grader.cli.console import warn_of_unknown_settings
from grader.devserver.processes import Interrupt
from grader.devserver.up import up as run_until
from grader.settings import load_local


@click.command()
@click.option(
    "--var",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("var"),
    show_default=True,
    help="Directory for data, logs and secrets.",
)
@click.option("--stop-with", "parent", type=int, metavar="PID", help="Stop when our parent, this process, is gone.")
def up(directory: Path, parent: int | None) -> None:
    """Run everything on this machine: database, broker, web server, worker and scheduler.

    Starts its own PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL name others.
    """
    warn_of_unknown_settings()
    interrupt = Interrupt(parent)
    interrupt.listen()
    run_until(load_local(), directory, interrupt, _say)


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # without a reader, children still have to be stopped
        click.echo(line)
