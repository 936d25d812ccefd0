"""Submissions in which something is off, laid out for those who look for the reason."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.checking.agreement import ASKED, Agreement
from grader.checking.exercise import Exercise
from grader.checking.follow import Mask
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
        open: where an explanation is wanted.
        rounding: where the right value, or what is expected, may have been rounded to what was typed.
        full: where that was typed with the digits asked for, so that no mistake is named.
        alone: whether mistakes are run on the given values alone, not on what was entered earlier: a copied end
            figure does not follow from the right values before it.
    """

    exercise: Exercise
    sheet: Sheet
    right: Array
    before: Array
    slack: Array
    open: Mask
    rounding: Mask
    full: Mask
    alone: bool = False

    @classmethod
    def of(cls, exercise: Exercise, agreed: Agreement, open_: Mask) -> Self:
        """Lay out what the follow-through pass found, a column per field."""
        slack = np.nan_to_num(agreed.slack)
        rounding = agreed.is_rounding
        full = rounding & (agreed.precision.digits >= ASKED)
        return cls(exercise, agreed.sheet, agreed.right, agreed.before, slack, open_, rounding, full)

    def wanting(self, open_: Mask) -> "Case":
        """The same submissions with other open fields."""
        return replace(self, open=open_)

    def by_itself(self) -> "Case":
        """The same fields, each held against what mistakes give from the given values on."""
        right = np.broadcast_to(self.exercise.references, self.right.shape)
        return replace(self, right=right, slack=np.zeros_like(self.slack), alone=True)

    def is_no_rounding(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Mask:
        """Where the right value can't have been rounded to what was typed; shape (cells,)."""
        off = np.abs(self.exercise.references[columns] - self.sheet.values[rows, columns])
        return np.asarray(off > BORDER * self.sheet.half_units[rows, columns])

    def take(self, rows: NDArray[np.intp] | slice) -> "Case":
        """Some of the submissions."""
        return replace(
            self,
            sheet=self.sheet.take(rows),
            right=self.right[rows],
            before=self.before[rows],
            slack=self.slack[rows],
            open=self.open[rows],
            rounding=self.rounding[rows],
            full=self.full[rows],
        )
