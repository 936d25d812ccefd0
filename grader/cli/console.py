"""Where commands print."""

from functools import cache

import click
from rich.console import Console


def console() -> Console:
    """A console that prints text as it is: a title such as "f on [a, b]" is no markup."""
    return Console(markup=False, emoji=False, highlight=False)


@cache
def warn_of_unknown_settings() -> None:
    """Say once which variables look like settings and are none, on standard error: output may be read by programs."""
    from grader.settings import unknown_settings  # noqa: PLC0415 - not for commands that read no settings

    for sentence in unknown_settings():
        click.echo(f"Warning: {sentence}", err=True)
