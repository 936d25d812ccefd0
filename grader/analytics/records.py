"""The attempts of one student, and figures of success."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from grader.judging.policy import Attempt, Mark, Terms


class WhichAttempt(StrEnum):
    """Which attempt of each student is looked at: one a student, so that nobody counts more for having tried more."""

    COUNTED = "counted"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class StudentWork:
    """All that one student has sent.

    Attributes:
        attempts: in the order in which they were sent; those that could not be judged too.
        verdicts: a letter for each field of today's exercise, of each attempt; empty where it is not graded.
        mistakes: the recognised mistake by field, of each attempt.
    """

    user_id: int
    terms: Terms
    attempts: Sequence[Attempt]
    mark: Mark
    verdicts: Sequence[str]
    mistakes: Sequence[Mapping[str, str]]

    def chosen(self, which: WhichAttempt) -> int | None:
        """The place of the attempt that is looked at; None where nothing is graded."""
        if which is WhichAttempt.FIRST:
            return next((k for k, one in enumerate(self.attempts) if one.given is not None), None)
        if self.mark.counted is None:
            return None
        counted = self.mark.counted.int  # integers are compared in a third of the time of identifiers
        return next((k for k, one in enumerate(self.attempts) if one.submission_id.int == counted), None)


LONG = 10
"""From here on attempts are counted together."""


@dataclass(frozen=True, slots=True)
class AttemptCounts:
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


def attempt_counts(works: Sequence[StudentWork]) -> AttemptCounts:
    """Count."""
    tried = [work for work in works if any(one.given is not None for one in work.attempts)]
    numbers = [number for work in tried if (number := success(work)) is not None]
    counted = Counter(min(number, LONG) for number in numbers)
    return AttemptCounts(
        needed=tuple((number, counted[number]) for number in range(1, max(counted, default=0) + 1)),
        not_yet=len(tried) - len(numbers),
        median=float(median(numbers)) if numbers else None,
        used_all=sum(1 for work in works if work.mark.attempts_left == 0),
    )


def success(work: StudentWork) -> int | None:
    """The number of the first attempt with full marks, from 1; what could not be judged is no attempt."""
    judged = [one for one in work.attempts if not one.failed]
    return next((k for k, one in enumerate(judged, 1) if one.given is not None and one.given == one.max), None)
