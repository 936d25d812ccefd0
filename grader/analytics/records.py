"""The attempts of one student, and their success."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from grader.judging.policy import Attempt, Mark, Terms


class WhichAttempt(StrEnum):
    """The attempt of each student to consider: one each, so that trying more often has no weight."""

    COUNTED = "counted"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class StudentWork:
    """All submissions of one student.

    Attributes:
        attempts: in order of submission, including those that could not be judged.
        verdicts: for each attempt a letter for each current field; empty if it is not graded.
        mistakes: for each attempt the recognised mistakes by field.
    """

    user_id: int
    terms: Terms
    attempts: Sequence[Attempt]
    mark: Mark
    verdicts: Sequence[str]
    mistakes: Sequence[Mapping[str, str]]

    def chosen(self, which: WhichAttempt) -> int | None:
        """Return the index of the considered attempt; None if nothing is graded."""
        if which is WhichAttempt.FIRST:
            return next((k for k, one in enumerate(self.attempts) if one.given is not None), None)
        if self.mark.counted is None:
            return None
        counted = self.mark.counted.int  # comparing integers takes a third of the time of comparing UUIDs
        return next((k for k, one in enumerate(self.attempts) if one.submission_id.int == counted), None)


LONG = 10
"""From this number on, attempts are counted together."""


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """The number of attempts until full marks.

    Attributes:
        needed: students by the number of their first attempt with full marks; the last entry is for that many or more.
        not_yet: students who tried without reaching full marks.
        median: of those who reached them; None if nobody did.
        used_all: students without attempts left.
    """

    needed: tuple[tuple[int, int], ...]
    not_yet: int
    median: float | None
    used_all: int


def attempt_counts(works: Sequence[StudentWork]) -> AttemptCounts:
    """Count students by the attempts they needed."""
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
    """Return the number of the first attempt with full marks, from 1; failed submissions do not count."""
    judged = [one for one in work.attempts if not one.failed]
    return next((k for k, one in enumerate(judged, 1) if one.given is not None and one.given == one.max), None)
