"""Counts over what was sent for practice, for those who look at an exercise: what was sent to an assignment is its course's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, exists, func, not_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.outcomes import best_first, current_grading
from grader.store.submissions import Submission

PRACTICE = Submission.assignment_id.is_(None)


def per_exercise(session: Session, slug: str | None = None) -> Sequence[Row[str, int, int, int, int, int]]:
    """Return slug, submissions, learners, graded, failed and unusable of every exercise that was answered, or of one."""
    graded = exists().where(Grading.submission_id == Submission.id)
    ours = exists().where(Failure.submission_id == Submission.id, Failure.unusable_file.is_(None))
    theirs = exists().where(Failure.submission_id == Submission.id, Failure.unusable_file.is_not(None))
    counts = select(
        Submission.slug,
        func.count().label("submissions"),
        func.count(Submission.learner_id.distinct()).label("learners"),
        func.count().filter(graded).label("graded"),
        func.count().filter(not_(graded), ours).label("failed"),
        func.count().filter(not_(graded), theirs).label("unusable"),
    )
    counts = counts.where(PRACTICE).group_by(Submission.slug)
    return session.execute(counts if slug is None else counts.where(Submission.slug == slug)).all()


def verdicts(session: Session, slug: str) -> Sequence[Row[Any]]:
    """Return field, verdict and how often, over the best submission of each learner.

    One a learner, so that nobody counts more for having tried more often; the best, so that the numbers say what a
    class can do by now, and go with its scores.
    """
    current = current_grading()
    best = (
        select(current.c.id)
        .join_from(Submission, current, true())
        .where(Submission.slug == slug, PRACTICE)
        .ext(distinct_on(Submission.learner_id))
        .order_by(Submission.learner_id, *best_first(current))
        .subquery()
    )
    fields = func.json_each(Grading.report["fields"]).table_valued("key", "value", joins_implicitly=True)
    field, verdict = fields.c.key, func.json_extract_path_text(fields.c.value, "verdict", type_=Text)
    return session.execute(
        select(field.label("field"), verdict.label("verdict"), func.count().label("times"))
        .select_from(Grading)
        .join(best, best.c.id == Grading.id)
        .join(fields, true())
        .group_by(field, verdict)
    ).all()


def set_aside(session: Session, slug: str, limit: int) -> Sequence[Row[UUID, datetime, str, str]]:
    """Return id, moment, learner and reason of submissions that could not be judged, newest first."""
    stuck = (
        select(Submission.id, Submission.submitted_at, Learner.ref.label("learner_ref"), Failure.reason)
        .join_from(Failure, Submission, Submission.id == Failure.submission_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Submission.slug == slug, PRACTICE, Failure.unusable_file.is_(None))
        .where(not_(exists().where(Grading.submission_id == Submission.id)))
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(limit)
    )
    return session.execute(stuck).all()
