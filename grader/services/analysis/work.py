from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.checking.policy import Attempt, Mark, Terms


class Which(StrEnum):
    """Which attempt of each student is looked at: one a student, so that nobody counts more for having tried more."""

    COUNTED = "counted"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Work:
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

    def chosen(self, which: Which) -> int | None:
        """The place of the attempt that is looked at; None where nothing is graded."""
        if which is Which.FIRST:
            return next((k for k, one in enumerate(self.attempts) if one.given is not None), None)
        return next((k for k, one in enumerate(self.attempts) if one.submission_id == self.mark.counted), None)
