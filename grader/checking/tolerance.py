"""How far an answer may lie from what is expected."""

from dataclasses import dataclass

import numpy as np

from grader.engine.arrays import Array

DEFAULT_RELATIVE = 2e-4
"""Four significant digits pass."""

DEFAULT_ABSOLUTE = 1e-9
"""What a reference of 0 is compared with."""

LAST_BITS = 1e-12
"""What float64 itself may lose in an update."""

BORDER = 1 + 1e-9
"""0.3775 rounds to 0.378, though in binary the two are a little more than half a unit apart."""

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
