"""What each mistake would give in each field: what an author looks at to see whether they can be told apart."""

from dataclasses import dataclass

import numpy as np

from grader.checking.exercise import Exercise
from grader.checking.separation import ENOUGH, SAME


@dataclass(frozen=True, slots=True)
class Changed:
    """One field that a mistake changes.

    Attributes:
        field: name.
        right: the reference.
        wrong: what the mistake gives.
        tolerances: how far apart they are, in units of the field's tolerance.
    """

    field: str
    right: float
    wrong: float
    tolerances: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """One way of one mistake, made all the way through.

    Attributes:
        mistake: id.
        changed: the asked fields that come out otherwise, in the order of the computation; none where it cannot be seen.
    """

    mistake: str
    changed: tuple[Changed, ...]

    @property
    def nearest(self) -> Changed | None:
        """Where it is hardest to tell from right."""
        return min(self.changed, key=lambda one: one.tolerances, default=None)

    @property
    def is_narrow(self) -> bool:
        """Whether it comes so near to a right value somewhere that the tolerance does not keep it away."""
        return self.nearest is not None and self.nearest.tolerances < ENOUGH


def likenesses(exercise: Exercise) -> tuple[Likeness, ...]:
    """Make every single mistake that can happen in an exercise, once each; none where nothing is computed."""
    if not exercise.asked or not exercise.single_mistakes.ways:
        return ()
    given = {name: exercise.reference[name] for name in exercise.graph.given}
    ensemble = exercise.single_mistakes
    wrong = ensemble.follow(given, {}, 1, exercise.computed_order)
    return tuple(
        Likeness(way.id, tuple(_changed(exercise, {name: float(wrong[name][k, 0]) for name in exercise.asked})))
        for k, way in enumerate(ensemble.ways)
    )


def _changed(exercise: Exercise, wrong: dict[str, float]) -> list[Changed]:
    found = []
    for name, value in wrong.items():
        right = float(exercise.reference[name])
        distance = abs(value - right)
        if not distance <= SAME * max(1.0, abs(right)):  # what has no value is changed too
            found.append(Changed(name, right, value, distance / float(np.maximum(exercise.width(name), 1e-300))))
    return found
