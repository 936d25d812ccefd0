"""Which exercise a command works on: the options that say where it is, and which of its variants."""

from pathlib import Path

import click

from grader.checking.exercise import Exercise
from grader.checking.variant import draw, variant

DIRECTORY = click.option(
    "--exercises",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("exercises"),
    envvar="GRADER_EXERCISES_DIR",
    show_default=True,
    help="The directory that holds a folder per exercise.",
)

SEED = click.option(
    "--seed", type=click.IntRange(min=0), help="Draw a variant with this seed; without it the printed values."
)


def with_seed(exercise: Exercise, seed: int | None) -> Exercise:
    """Return the variant of a seed, or the exercise as printed."""
    return exercise if seed is None else variant(exercise, draw(exercise, seed))
