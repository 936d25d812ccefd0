"""How far an answer may lie from what is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.engine.names import Array

DEFAULT_RELATIVE = 2e-4
"""Four significant digits pass."""

DEFAULT_ABSOLUTE = 1e-9
"""What a reference of 0 is compared with."""

LAST_BITS = 1e-12
"""What float64 itself may lose in an update."""

BORDER = 1 + 1e-9
"""0.3775 rounds to 0.378, though in binary the two are a little more than half a unit apart."""

EDGE = 4e-16
"""What binary floats may add to a distance that is just the tolerance on paper, as a share of the value."""

CHANGE_SHARE = 0.01
"""An updated weight may be off by this share of its change."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Absolute and relative together: the larger of the two counts.

    Attributes:
        absolute: in units of the answer.
        relative: share of the expected value, or of the expected *change* where `of_change` is set.
        of_change: whether the answer is an updated weight, judged by its change.
    """

    absolute: float = DEFAULT_ABSOLUTE
    relative: float = DEFAULT_RELATIVE
    of_change: bool = False

    def width(self, expected: Array, before: Array | float = 0.0) -> Array:
        """Half the width of the accepted interval.

        Args:
            expected: expected values, shape (n,) or ().
            before: the weight before the step, for updates.

        Returns:
            The same shape; for updates the share of the change alone, so that an unchanged weight never passes
            unless nothing was to change.
        """
        if self.of_change:
            return np.maximum(self.relative * np.abs(expected - before), LAST_BITS * np.maximum(1.0, np.abs(expected)))
        return np.maximum(self.absolute, self.relative * np.abs(expected))


@dataclass(frozen=True)
class Tolerances:
    """The tolerances of several fields, a column each; arrays of shape (fields,)."""

    absolute: Array
    relative: Array
    of_change: NDArray[np.bool_]

    @classmethod
    def of(cls, tolerances: Sequence[Tolerance]) -> Self:
        """Put tolerances side by side."""
        return cls(
            np.array([one.absolute for one in tolerances]),
            np.array([one.relative for one in tolerances]),
            np.array([one.of_change for one in tolerances], dtype=bool),
        )

    def widths(self, expected: Array, before: Array, reference: Array) -> Array:
        """Half the widths around what is expected of each student, shape (n, fields).

        `Tolerance.width`, but for one thing: what is absolute was meant for the size of the right value, and shrinks
        with what is expected, so that nothing tiny follows from something tiny.

        Args:
            expected: expected values, shape (n, fields).
            before: the weights before the step, for updates; the same shape.
            reference: the right values, shape (fields,).
        """
        with np.errstate(all="ignore"):
            share = np.where(reference == 0, 1.0, np.minimum(1.0, np.abs(expected) / np.abs(reference)))
        usual = np.maximum(self.absolute * share, self.relative * np.abs(expected))
        of_change = np.maximum(self.relative * np.abs(expected - before), LAST_BITS * np.maximum(1.0, np.abs(expected)))
        return np.where(self.of_change, of_change, usual)


def closed(width: Array, expected: Array) -> Array:
    """Return the widths with their edges: 0.3875 is within 0.01 of 0.3775, though not in binary."""
    return np.asarray(width * BORDER + EDGE * np.abs(expected))
