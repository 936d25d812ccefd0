"""Distributions of marks and times."""

import math
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np

from grader.analytics.records import StudentWork

MOST_BINS = 21
STEPS = (1, 2, 2.5, 5)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some values, and the quartiles."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """The number of values that round to `value`: those in [start, end)."""

    value: float
    start: float
    end: float
    count: int


def spread(values: Sequence[float]) -> Spread | None:
    """Return the quartiles (linear interpolation); None without values."""
    if not values:
        return None
    low, median, high = np.quantile(np.asarray(values), (0.25, 0.5, 0.75))
    return Spread(float(low), float(median), float(high))


def histogram(values: Sequence[float], of: float) -> tuple[Bin, ...]:
    """Count values from 0 to `of` by rounding: every value is in one bin, and full marks have a bin of their own.

    Args:
        values: marks.
        of: the maximum, more than 0.
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
    """Return the smallest round step of which no more than the allowed number fit."""
    least = of / (MOST_BINS - 1)
    decade = math.floor(math.log10(least))
    candidates = (factor * 10.0**power for power, factor in product((decade, decade + 1), STEPS))
    return next(step for step in candidates if step >= least * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class ClassProgress:
    """The numbers of students with a submission, with only a draft, and with neither.

    Attributes:
        waiting: submissions waiting to be judged.
        set_aside: submissions that could not be judged.
        submissions: all submissions.
    """

    submitted: int
    in_progress: int
    not_started: int
    submissions: int
    waiting: int
    set_aside: int

    @property
    def students(self) -> int:
        """The number of all students."""
        return self.submitted + self.in_progress + self.not_started


def class_progress(works: Sequence[StudentWork], drafting: Collection[int]) -> ClassProgress:
    """Count students and submissions by state.

    Args:
        works: one for each student, with or without submissions.
        drafting: the users who have a draft.
    """
    submitted = sum(1 for work in works if work.attempts)
    in_progress = sum(1 for work in works if not work.attempts and work.user_id in drafting)
    ungraded = [one for work in works for one in work.attempts if one.given is None]
    return ClassProgress(
        submitted=submitted,
        in_progress=in_progress,
        not_started=len(works) - submitted - in_progress,
        submissions=sum(len(work.attempts) for work in works),
        waiting=sum(1 for one in ungraded if not one.failed),
        set_aside=sum(1 for one in ungraded if one.failed and not one.unusable),
    )


MOST = 30
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TIME_STEPS = (
    HOUR / 4,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    91 * DAY,
    364 * DAY,
)


@dataclass(frozen=True, slots=True)
class Span:
    """The number of submissions sent in [start, end)."""

    start: datetime
    end: datetime
    count: int


def timeline(sent_at: Sequence[datetime], end: datetime, zone: ZoneInfo) -> tuple[Span, ...]:
    """Count by spans of equal length, the first of which begins at midnight; empty without submissions.

    Args:
        sent_at: times, in any order.
        end: the latest time to be included, such as the due time.
        zone: determines where days begin.
    """
    if not sent_at:
        return ()
    ordered = sorted(sent_at)
    last = max(ordered[-1], end)
    begin = ordered[0].astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    step = next((step for step in TIME_STEPS if (last - begin) / step < MOST), (last - begin) / (MOST - 1))
    spans: list[Span] = []
    start, passed = begin, 0
    while start <= last:
        reached = bisect_left(ordered, start + step)
        spans.append(Span(start, start + step, reached - passed))
        start, passed = start + step, reached
    return tuple(spans)
