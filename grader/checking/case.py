"""Submissions in which something is off, laid out for those who look for the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.checking.exercise import Exercise
from grader.checking.follow import Followed, Mask, room
from grader.checking.sheet import Sheet
from grader.checking.tolerance import BORDER
from grader.engine.arrays import Array


@dataclass(frozen=True)
class Case:
    """Submissions to be explained, with what was found of them before; arrays of shape (n, fields).

    Attributes:
        exercise: what was asked.
        sheet: their answers.
        right: what is expected from the student's own earlier values.
        before: for updates the weight before the step, else 0.
        slack: what rounding of earlier values leaves open.
        refused: where nothing may follow from what was entered earlier.
        open: where an explanation is wanted.
        alone: whether mistakes are run on the given values alone, not on what was entered earlier: a copied end
            figure does not follow from the right values before it.
    """

    exercise: Exercise
    sheet: Sheet
    right: Array
    before: Array
    slack: Array
    refused: Mask
    open: Mask
    alone: bool = False

    @classmethod
    def of(cls, exercise: Exercise, sheet: Sheet, followed: Followed, moved: Mapping[str, Array], open_: Mask) -> Self:
        """Lay out what the follow-through pass found, a column per field."""
        n = len(sheet.values)
        weights = [exercise.before(name) for name in sheet.names]
        slack = [
            np.minimum(moved[name], room(exercise.graph[name], followed)) if name in moved else np.zeros(n)
            for name in sheet.names
        ]
        return cls(
            exercise,
            sheet,
            np.stack([followed.expected[name] for name in sheet.names], axis=1),
            np.stack([np.broadcast_to(followed.own[w] if w else np.zeros(()), (n,)) for w in weights], axis=1),
            np.nan_to_num(np.stack(slack, axis=1)),
            np.stack([followed.refused[name] for name in sheet.names], axis=1),
            open_,
        )

    def wanting(self, open_: Mask) -> "Case":
        """The same submissions with other open fields."""
        return replace(self, open=open_)

    def by_itself(self) -> "Case":
        """The same fields, each held against what mistakes give from the given values on."""
        right = np.broadcast_to(self.exercise.references, self.right.shape)
        return replace(self, right=right, slack=np.zeros_like(self.slack), refused=np.zeros_like(self.open), alone=True)

    def is_no_rounding(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Mask:
        """Where the right value can't have been rounded to what was typed; shape (cells,)."""
        off = np.abs(self.exercise.references[columns] - self.sheet.values[rows, columns])
        return np.asarray(off > BORDER * self.sheet.half_units[rows, columns])

    def take(self, rows: NDArray[np.intp] | slice) -> "Case":
        """Some of the submissions."""
        parts = (self.right[rows], self.before[rows], self.slack[rows], self.refused[rows], self.open[rows])
        return Case(self.exercise, self.sheet.take(rows), *parts, alone=self.alone)
