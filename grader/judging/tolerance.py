"""How far an answer may lie from its expected value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.engine.names import Array

DEFAULT_RELATIVE = 2e-4
"""Four significant digits pass."""

DEFAULT_ABSOLUTE = 1e-9
"""The accepted deviation from a reference of 0."""

LAST_BITS = 1e-12
"""What float64 itself may lose in an update."""

BORDER = 1 + 1e-9
"""0.3775 rounds to 0.378, although in binary the two are slightly more than half a unit apart."""

EDGE = 4e-16
"""What binary floats may add to a distance that equals the tolerance on paper, as a share of the value."""

CHANGE_SHARE = 0.01
"""An updated weight may be off by this share of its change."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Absolute and relative tolerance together: the larger one applies.

    Attributes:
        absolute: in units of the answer.
        relative: share of the expected value, or of the expected *change* with `of_change`.
        of_change: whether the answer is an updated weight, judged by its change.
    """

    absolute: float = DEFAULT_ABSOLUTE
    relative: float = DEFAULT_RELATIVE
    of_change: bool = False

    def width(self, expected: Array, before: Array | float = 0.0) -> Array:
        """Return half the width of the accepted interval.

        Args:
            expected: expected values, shape (n,) or ().
            before: the weight before the step, for updates.

        Returns:
            The same shape; for updates only the share of the change, so that an unchanged weight passes only if nothing
            was to change.
        """
        if self.of_change:
            return np.maximum(self.relative * np.abs(expected - before), LAST_BITS * np.maximum(1.0, np.abs(expected)))
        return np.maximum(self.absolute, self.relative * np.abs(expected))


@dataclass(frozen=True)
class Tolerances:
    """The tolerances of several fields, one column each; arrays of shape (fields,)."""

    absolute: Array
    relative: Array
    of_change: NDArray[np.bool_]

    @classmethod
    def of(cls, tolerances: Sequence[Tolerance]) -> Self:
        """Arrange tolerances in columns."""
        return cls(
            np.array([one.absolute for one in tolerances]),
            np.array([one.relative for one in tolerances]),
            np.array([one.of_change for one in tolerances], dtype=bool),
        )

    def widths(self, expected: Array, before: Array, reference: Array) -> Array:
        """Return half the widths around the values expected of each student, shape (n, fields).

        As `Tolerance.width`, with one difference: an absolute tolerance is meant for the size of the correct value, so
        it shrinks with the expected value, lest anything tiny follow from something tiny.

        Args:
            expected: expected values, shape (n, fields).
            before: the weights before the step, for updates; same shape.
            reference: the correct values, shape (fields,).
        """
        # An expected value smaller than the correct one reduces the absolute tolerance in proportion.
        with np.errstate(all="ignore"):
            share = np.where(reference == 0, 1.0, np.minimum(1.0, np.abs(expected) / np.abs(reference)))
        usual = np.maximum(self.absolute * share, self.relative * np.abs(expected))
        # Updates are judged by their change, but float64 itself loses the last bits of the weight.
        of_change = np.maximum(self.relative * np.abs(expected - before), LAST_BITS * np.maximum(1.0, np.abs(expected)))
        return np.where(self.of_change, of_change, usual)


def closed(width: Array, expected: Array) -> Array:
    """Return the widths including their limits: 0.3875 is within 0.01 of 0.3775, though not in binary."""
    return np.asarray(width * BORDER + EDGE * np.abs(expected))
