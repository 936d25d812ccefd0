"""How far a class is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.services.analysis.work import Work


@dataclass(frozen=True, slots=True)
class Progress:
    """How many students have sent something, have typed something without sending any, have done neither.

    Attributes:
        waiting: submissions that wait to be judged.
        set_aside: submissions that could not be judged.
        submissions: all there are.
    """

    submitted: int
    in_progress: int
    not_started: int
    submissions: int
    waiting: int
    set_aside: int

    @property
    def students(self) -> int:
        """All of them."""
        return self.submitted + self.in_progress + self.not_started


def progress(works: Sequence[Work], drafting: Collection[int]) -> Progress:
    """Count.

    Args:
        works: one for each student, also of those who have sent nothing.
        drafting: the users who have a draft.
    """
    submitted = sum(1 for work in works if work.attempts)
    in_progress = sum(1 for work in works if not work.attempts and work.user_id in drafting)
    ungraded = [one for work in works for one in work.attempts if one.given is None]
    return Progress(
        submitted=submitted,
        in_progress=in_progress,
        not_started=len(works) - submitted - in_progress,
        submissions=sum(len(work.attempts) for work in works),
        waiting=sum(1 for one in ungraded if not one.failed),
        set_aside=sum(1 for one in ungraded if one.failed and not one.unusable),
    )
