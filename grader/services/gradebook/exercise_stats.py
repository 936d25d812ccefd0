from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.judging.verdict import Verdict
from grader.services.assignments.marks import ExerciseProgress, progress_of_learners
from grader.store import submission_queries
from grader.vocabulary import SubmissionFilter

MOST_FAILED = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of submissions to an exercise by state, and of its learners."""

    submissions: int = 0
    learners: int = 0
    graded: int = 0
    failed: int = 0
    unusable: int = 0

    @property
    def pending(self) -> int:
        """The number waiting to be judged."""
        return self.submissions - self.graded - self.failed - self.unusable


@dataclass(frozen=True, slots=True)
class FailedSubmission:
    """A submission that could not be judged, with the reason, which only instructors see."""

    id: UUID
    submitted_at: datetime
    learner_ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExerciseStats:
    """What an instructor sees of the practice at an exercise, besides the submissions themselves (`history`).

    Attributes:
        standings: by learner.
        verdicts: the frequency of each verdict by field, over the best submission of each learner.
        set_aside: the newest submissions that could not be judged.
    """

    counts: Counts
    standings: tuple[ExerciseProgress, ...]
    verdicts: Mapping[str, Mapping[Verdict, int]]
    set_aside: tuple[FailedSubmission, ...]


def counts_by_exercise(session: Session) -> Mapping[str, Counts]:
    """Return the counts of every exercise with submissions, by slug."""
    return {row.slug: _counts(row) for row in submission_queries.counts_per_exercise(session)}


def exercise_stats(session: Session, slug: str) -> ExerciseStats:
    """Return the statistics of an exercise; zeros for one without submissions."""
    counts = [_counts(row) for row in submission_queries.counts_per_exercise(session, slug)]
    verdicts: dict[str, dict[Verdict, int]] = {}
    for row in submission_queries.practice_verdicts(session, slug):
        verdicts.setdefault(row.field, {})[Verdict(row.verdict)] = row.times
    stuck = (
        FailedSubmission(row.id, row.submitted_at, row.learner_ref, row.reason)
        for row in submission_queries.failed_submissions(session, slug, MOST_FAILED)
    )
    return ExerciseStats(
        counts=counts[0] if counts else Counts(),
        standings=progress_of_learners(session, SubmissionFilter(slug=slug, practice=True)),
        verdicts=verdicts,
        set_aside=tuple(stuck),
    )


def _counts(row: Row[str, int, int, int, int, int]) -> Counts:
    return Counts(row.submissions, row.learners, row.graded, row.failed, row.unusable)
