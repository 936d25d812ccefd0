"""The typed numbers of a batch as a matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.engine.names import Array
from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.reading.numbers import Number

BLANK = Number(float("nan"), float("nan"), 0, "")


@dataclass(frozen=True)
class AnswerMatrix:
    """Computed fields of many submissions.

    Attributes:
        names: the asked quantities, in the order of the computation.
        values: shape (n, len(names)), nan where blank.
        half_units: the same shape: half a unit of the last digit sent, nan where blank.
        exact: the same shape: whether nobody typed it.
    """

    names: tuple[str, ...]
    values: Array
    half_units: Array
    exact: NDArray[np.bool_]

    @classmethod
    def of(cls, exercise: Exercise, batch: Sequence[ReadAnswers]) -> Self:
        """Lay the numbers of a batch out."""
        names = exercise.computed_order
        numbers = [[answers.numbers.get(name, BLANK) for name in names] for answers in batch]
        shape = (len(batch), len(names))
        return cls(
            names,
            np.array([[number.value for number in row] for row in numbers]).reshape(shape),
            np.array([[number.half_unit for number in row] for row in numbers]).reshape(shape),
            np.array([[number.exact for number in row] for row in numbers], dtype=bool).reshape(shape),
        )

    def take(self, rows: NDArray[np.intp] | slice) -> "AnswerMatrix":
        """The sheet of some of the submissions."""
        return AnswerMatrix(self.names, self.values[rows], self.half_units[rows], self.exact[rows])

    def digits(self, row: int, column: int) -> float:
        """Digits that one entry shows: how often its last one fits into it."""
        value, unit = abs(self.values[row, column]), 2 * self.half_units[row, column]
        return float(np.log10(value / unit)) if value > 0 and unit > 0 else float(np.isfinite(value)) * 15.0

    def columns(self) -> dict[str, Array]:
        """What was entered, by name."""
        return {name: self.values[:, k] for k, name in enumerate(self.names)}

    def rounding(self) -> dict[str, Array]:
        """Half units, by name."""
        return {name: self.half_units[:, k] for k, name in enumerate(self.names)}
