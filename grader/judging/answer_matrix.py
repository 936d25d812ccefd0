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
        names: the asked quantities, in order of computation.
        values: shape (n, len(names)), nan where blank.
        half_units: half a unit of the last typed digit, same shape, nan where blank.
        exact: whether the number came from JSON and nobody typed its digits, same shape.
    """

    names: tuple[str, ...]
    values: Array
    half_units: Array
    exact: NDArray[np.bool_]

    @classmethod
    def of(cls, exercise: Exercise, batch: Sequence[ReadAnswers]) -> Self:
        """Arrange the numbers of a batch."""
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
        """Return the rows of some submissions."""
        return AnswerMatrix(self.names, self.values[rows], self.half_units[rows], self.exact[rows])

    def digits(self, row: int, column: int) -> float:
        """Return the number of digits of one entry: how often its last unit fits into it."""
        value, unit = abs(self.values[row, column]), 2 * self.half_units[row, column]
        return float(np.log10(value / unit)) if value > 0 and unit > 0 else float(np.isfinite(value)) * 15.0

    def columns(self) -> dict[str, Array]:
        """Return the entries, by name."""
        return {name: self.values[:, k] for k, name in enumerate(self.names)}

    def rounding(self) -> dict[str, Array]:
        """Return the half units, by name."""
        return {name: self.half_units[:, k] for k, name in enumerate(self.names)}
