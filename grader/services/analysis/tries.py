"""How many attempts it takes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from grader.services.analysis.work import Work

LONG = 10
"""From here on attempts are counted together."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Attempts until full marks.

    Attributes:
        needed: students by the number of the attempt that had full marks first; the last row is of so many or more.
        not_yet: students who have tried and not got there.
        median: of those who did; None where nobody has.
        used_all: students who have no attempt left.
    """

    needed: tuple[tuple[int, int], ...]
    not_yet: int
    median: float | None
    used_all: int


def tries(works: Sequence[Work]) -> Tries:
    """Count."""
    tried = [work for work in works if any(one.given is not None for one in work.attempts)]
    numbers = [number for work in tried if (number := success(work)) is not None]
    counted = Counter(min(number, LONG) for number in numbers)
    return Tries(
        needed=tuple((number, counted[number]) for number in range(1, max(counted, default=0) + 1)),
        not_yet=len(tried) - len(numbers),
        median=float(median(numbers)) if numbers else None,
        used_all=sum(1 for work in works if work.mark.attempts_left == 0),
    )


def success(work: Work) -> int | None:
    """The number of the first attempt with full marks, from 1; what could not be judged is no attempt."""
    judged = [one for one in work.attempts if not one.failed]
    return next((k for k, one in enumerate(judged, 1) if one.given is not None and one.given == one.max), None)
