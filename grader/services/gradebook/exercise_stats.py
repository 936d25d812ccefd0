from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.judging.report import Score
from grader.judging.verdict import Verdict
from grader.services.assignments.marks import ExerciseProgress
from grader.store import practice_queries

MOST_FAILED = 20
MOST_LEARNERS = 100
"""Learners on a page."""


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
        standings: of a page of learners, by learner.
        learners_after: the last learner of the page, if more follow.
        verdicts: the frequency of each verdict by field, over the best submission of each learner.
        set_aside: the newest submissions that could not be judged.
    """

    counts: Counts
    standings: tuple[ExerciseProgress, ...]
    verdicts: Mapping[str, Mapping[Verdict, int]]
    set_aside: tuple[FailedSubmission, ...]
    learners_after: int | None = None


def counts_by_exercise(session: Session) -> Mapping[str, Counts]:
    """Return the counts of every exercise with submissions, by slug."""
    return {slug: _counts(numbers) for slug, numbers in practice_queries.counts_per_exercise(session).items()}


def exercise_stats(session: Session, slug: str, after: int | None = None) -> ExerciseStats:
    """Return the statistics of an exercise; zeros for one without submissions.

    Args:
        session: joined.
        slug: of the exercise.
        after: the last learner of the previous page of learners.
    """
    counts = practice_queries.counts_per_exercise(session, slug).get(slug)
    verdicts: dict[str, dict[Verdict, int]] = {}
    for row in practice_queries.practice_verdicts(session, slug):
        verdicts.setdefault(row.field, {})[Verdict(row.verdict)] = row.times
    stuck = (
        FailedSubmission(row.id, row.submitted_at, row.learner_ref, row.reason)
        for row in practice_queries.failed_submissions(session, slug, MOST_FAILED)
    )
    learners = practice_queries.practising_learners(session, slug, after, MOST_LEARNERS + 1)
    return ExerciseStats(
        counts=Counts() if counts is None else _counts(counts),
        standings=tuple(_progress(slug, row) for row in learners[:MOST_LEARNERS]),
        verdicts=verdicts,
        set_aside=tuple(stuck),
        learners_after=learners[MOST_LEARNERS - 1].learner_id if len(learners) > MOST_LEARNERS else None,
    )


def _progress(slug: str, row: Row[*tuple[Any, ...]]) -> ExerciseProgress:
    best = None if row.given is None else Score(row.given, row.max)
    return ExerciseProgress(slug, row.learner_ref, row.client, row.attempts, best, row.submission_id)


def _counts(numbers: tuple[int, int, int, int, int]) -> Counts:
    learners, graded, failed, unusable, waiting = numbers
    return Counts(graded + failed + unusable + waiting, learners, graded, failed, unusable)
