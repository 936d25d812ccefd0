"""Working an exercise through by hand: each value is written down, and what is written is gone on from."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from grader.engine.graph import Graph
from grader.judging.exercise import Exercise
from tests.fairness.digits import Typed

Slip: TypeAlias = Callable[[float], float]
"""What a slip makes of the value that the computation gives."""

Texts: TypeAlias = dict[str, str]
"""A sheet: what is typed, by field name."""


class Paper:
    """What a student has written down so far.

    Attributes:
        texts: by name; a value that is no finite number stays blank.
    """

    def __init__(self, exercise: Exercise, typed: Typed, slips: Mapping[str, Slip] | None = None) -> None:
        self.texts: Texts = {}
        self._asked = frozenset(exercise.field_names)
        self._typed = typed
        self._slips = slips or {}

    def write(self, name: str, value: float) -> float:
        """Write a value down, with the slip that happens there; returns what the student goes on from."""
        if name not in self._asked or not np.isfinite(value):
            return value
        slipped = self._slips[name](value) if name in self._slips else value
        self.texts[name] = self._typed(slipped)
        return float(self.texts[name])


def worked(exercise: Exercise, graph: Graph, paper: Paper) -> Texts:
    """The sheet of a graph: the exercise's own, or one that does something wrong."""
    values = {given.name: np.asarray(given.value) for given in exercise.givens}
    with np.errstate(all="ignore"):
        for quantity in graph.computed:
            if quantity.rule is not None:
                value = quantity.rule(*(values[parent] for parent in quantity.parents))
                values[quantity.name] = np.asarray(paper.write(quantity.name, float(value)))
    return paper.texts
