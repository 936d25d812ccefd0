"""Each submission of an assignment as it was judged before a regrade and after it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session, aliased

from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.regrades import RegradeResult
from grader.store.submissions import Submission


def compared(
    session: Session, regrade_id: int, assignment_id: int, user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return user, submission, time, and score, verdicts and revision before and after, in the order of the times.

    What the regrade knows nothing of is before and after what it is now. Learners without a user are not among them.
    """
    before, after, now = aliased(Grading), aliased(Grading), aliased(Grading)
    result = and_(RegradeResult.regrade_id == regrade_id, RegradeResult.submission_id == Submission.id)
    wanted = (
        select(
            Learner.user_id,
            Submission.id,
            Submission.submitted_at,
            and_(Failure.submission_id.is_not(None), now.id.is_(None)).label("failed"),
            *_as("before", before, now),
            *_as("after", after, now),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .outerjoin(RegradeResult, result)
        .outerjoin(now, and_(now.submission_id == Submission.id, now.counts))
        .outerjoin(before, before.id == RegradeResult.before_id)
        .outerjoin(after, after.id == RegradeResult.after_id)
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.assignment_id == assignment_id, Learner.user_id.is_not(None))
        .order_by(Submission.submitted_at, Submission.id)
    )
    if user_ids is not None:
        wanted = wanted.where(Learner.user_id.in_(user_ids))
    return session.execute(wanted).all()


def _as(when: str, grading: Any, now: Any) -> list[Any]:
    names = ("given", "max", "verdicts", "revision")
    return [func.coalesce(getattr(grading, name), getattr(now, name)).label(f"{when}_{name}") for name in names]
