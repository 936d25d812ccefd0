"""The console of the commands, and shared options."""

from functools import cache
from pathlib import Path

import click
from rich.console import Console

from grader.judging.exercise import Exercise
from grader.judging.variants import draw, variant


def console() -> Console:
    """Return a console that prints text literally: a title such as "f on [a, b]" is not markup."""
    return Console(markup=False, emoji=False, highlight=False)


@cache
def warn_of_unknown_settings() -> None:
    """Report variables that look like settings but are not, once, on standard error: output may be read by programs."""
    from grader.settings import unknown_settings  # noqa: PLC0415 - not needed by commands without settings

    for sentence in unknown_settings():
        click.echo(f"Warning: {sentence}", err=True)


DIRECTORY = click.option(
    "--exercises",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("exercises"),
    envvar="GRADER_EXERCISES_DIR",
    show_default=True,
    help="Directory with one folder per exercise.",
)

SEED = click.option(
    "--seed", type=click.IntRange(min=0), help="Draw a variant with this seed (default: the printed values)."
)


def with_seed(exercise: Exercise, seed: int | None) -> Exercise:
    """Return the variant of a seed, or the exercise as printed."""
    return exercise if seed is None else variant(exercise, draw(exercise, seed))
