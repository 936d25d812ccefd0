"""One person's attempts at one thing, newest first, with what was typed and how each field was judged."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session, aliased

from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.outcomes import Whose
from grader.store.regrades import IN_FORCE, Regrade, RegradeResult
from grader.store.submissions import Submission


def newest(session: Session, whose: Whose, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return id, time, revision, answers, score, verdicts, whether judging failed, and whether because of its file."""
    return session.execute(
        select(
            Submission.id,
            Submission.submitted_at,
            Submission.revision,
            Submission.answers,
            Grading.given,
            Grading.max,
            Grading.verdicts,
            and_(Failure.submission_id.is_not(None), Grading.id.is_(None)).label("failed"),
            and_(Failure.unusable_file.is_not(None), Grading.id.is_(None)).label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .outerjoin(Grading, and_(Grading.submission_id == Submission.id, Grading.counts))
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(*whose.conditions())
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(limit)
    ).all()


def regraded(session: Session, submission_ids: Sequence[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return submission, score and policy before and after, time and reason of every regrade in force, oldest first."""
    before, after = aliased(Grading), aliased(Grading)
    return session.execute(
        select(
            RegradeResult.submission_id,
            before.given.label("before"),
            before.max.label("max_before"),
            after.given.label("after"),
            after.max,
            Regrade.before["policy"].label("policy_before"),
            Regrade.applied_at,
            Regrade.reason,
        )
        .join(Regrade, Regrade.id == RegradeResult.regrade_id)
        .join(after, after.id == RegradeResult.after_id)
        .outerjoin(before, before.id == RegradeResult.before_id)
        .where(RegradeResult.submission_id.in_(submission_ids), Regrade.state.in_(IN_FORCE))
        .order_by(Regrade.applied_at, Regrade.id)
    ).all()
