"""How marks are spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

MOST_BINS = 21
STEPS = (1, 2, 2.5, 5)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some values, and the two between which the middle half of them lies."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values round to `value`: those from `start`, up to but without `end`."""

    value: float
    start: float
    end: float
    count: int


def spread(values: Sequence[float]) -> Spread | None:
    """Return the quartiles (linear between neighbours); None of nothing."""
    if not values:
        return None
    low, median, high = np.quantile(np.asarray(values), (0.25, 0.5, 0.75))
    return Spread(float(low), float(median), float(high))


def histogram(values: Sequence[float], of: float) -> tuple[Bin, ...]:
    """Count values from 0 to `of` by what they round to: every value is in one bin, full marks in one of their own.

    Args:
        values: marks.
        of: the most that there is, more than 0.
    """
    step = _step(of)
    last = math.ceil(round(of / step, 9))
    places = np.clip(np.floor(np.asarray(values, dtype=float) / step + 0.5), 0, last).astype(int)
    counts = np.bincount(places, minlength=last + 1)
    return tuple(
        Bin(round(k * step, 9), round((k - 0.5) * step, 9), round((k + 0.5) * step, 9), int(counts[k]))
        for k in range(last + 1)
    )


def _step(of: float) -> float:
    """The smallest round number of which at most so many fit."""
    least = of / (MOST_BINS - 1)
    decade = math.floor(math.log10(least))
    candidates = (factor * 10.0**power for power, factor in product((decade, decade + 1), STEPS))
    return next(step for step in candidates if step >= least * (1 - 1e-9))
