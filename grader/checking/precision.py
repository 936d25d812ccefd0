"""How precisely the entries of a sheet were written: their digits and decimals."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from grader.checking.follow import Mask
from grader.checking.sheet import Sheet
from grader.engine.arrays import Array

PLENTY = 17.0
"""Digits of what has no last digit, such as a fraction."""

LAST_DECIMAL = 1.001e-4
"""The largest unit of the last digit, for four decimals or more."""


@dataclass(frozen=True)
class Precision:
    """Digits of every entry; arrays of shape (n, fields), 0 where nothing was entered.

    Attributes:
        digits: significant digits that were typed, trailing zeros included; 0 for a zero.
        own: significant digits without trailing zeros: 1 for 0.5000.
        fine: whether four decimals or more were typed.
    """

    digits: Array
    own: Array
    fine: Mask

    @classmethod
    def of(cls, sheet: Sheet) -> Self:
        """Count the digits of every entry."""
        units = 2.0 * sheet.half_units
        with np.errstate(all="ignore"):
            whole = np.rint(np.abs(sheet.values) / units)  # the entry as an integer, in units of its last digit
            typed = np.where(whole > 0, np.floor(np.log10(whole)) + 1.0, 0.0)
            own = typed - _trailing_zeros(whole)
        plenty = units == 0
        blank = np.isnan(sheet.values)
        return cls(
            np.where(blank, 0.0, np.where(plenty, PLENTY, typed)),
            np.where(blank, 0.0, np.where(plenty, PLENTY, own)),
            ~blank & (units <= LAST_DECIMAL),
        )


def shortest(values: Array) -> Array:
    """Significant digits that values need to be written exactly, up to twelve; 1 for 0."""
    return np.array(
        [float(len(f"{abs(value):.11e}".partition("e")[0].replace(".", "").rstrip("0")) or 1) for value in values.flat]
    )


def _trailing_zeros(whole: Array) -> Array:
    """Count the zeros at the end of positive integers, by halves: eight at once, then four, two, one."""
    count, rest = np.zeros(whole.shape), np.where(np.isfinite(whole), whole, 0.0)
    for power in (8, 4, 2, 1):
        ends = (rest > 0) & (np.mod(rest, 10.0**power) == 0)
        count += np.where(ends, float(power), 0.0)
        rest = np.where(ends, rest / 10.0**power, rest)
    return count
