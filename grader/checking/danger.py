"""What a changed tolerance lets through: known mistakes that would pass as right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checking.exercise import Exercise
from grader.checking.separation import separate

ACCEPTED = 1.0
"""A mistake's value that lies this many tolerances from the right one, or fewer, is taken for it."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A mistake that comes too near to the right value of a field.

    Attributes:
        field: its name.
        mistake: id.
        tolerances: the distance in units of the tolerance; under 1 the mistake's value passes as right.
    """

    field: str
    mistake: str
    tolerances: float

    @property
    def passes(self) -> bool:
        """Whether who makes the mistake gets full marks for it."""
        return self.tolerances <= ACCEPTED


def dangers(exercise: Exercise, variants: Sequence[Mapping[str, float]] = ()) -> tuple[Danger, ...]:
    """The mistakes that come within four tolerances of a right value, the nearest first.

    Args:
        exercise: with the tolerances that are thought of.
        variants: given values of learners that are looked at beside the printed ones.
    """
    if not exercise.asked:
        return ()
    given = {
        one.name: np.array([one.value, *(values.get(one.name, one.value) for values in variants)])
        for one in exercise.givens
    }
    return tuple(Danger(gap.field, gap.mistake, gap.tolerances) for gap in separate(exercise, given).narrow)
