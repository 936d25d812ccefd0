"""What counts of everybody's submissions to an assignment: little of each, since there may be tens of thousands."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.submissions import Submission


def of_assignments(
    session: Session, assignment_ids: Collection[int], user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return assignment, user, submission, time, score, whether judging failed, in the order of the times.

    And whether that is because of the file in it. Submissions of learners without a user (an LMS's) are not among them.
    """
    wanted = (
        select(
            Submission.assignment_id,
            Learner.user_id,
            Submission.id,
            Submission.submitted_at,
            Grading.given,
            Grading.max,
            and_(Failure.submission_id.is_not(None), Grading.id.is_(None)).label("failed"),
            and_(Failure.unusable_file.is_not(None), Grading.id.is_(None)).label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .outerjoin(Grading, and_(Grading.submission_id == Submission.id, Grading.counts))
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.assignment_id.in_(assignment_ids), Learner.user_id.is_not(None))
        .order_by(Submission.submitted_at, Submission.id)
    )
    if user_ids is not None:
        wanted = wanted.where(Learner.user_id.in_(user_ids))
    return session.execute(wanted).all()


def used(session: Session, assignment_id: int, learner_id: int) -> int:
    """Return how many attempts a learner has used; one that could not be judged, or brings an unusable file, is none."""
    counted = (
        select(func.count())
        .select_from(Submission)
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .outerjoin(Grading, and_(Grading.submission_id == Submission.id, Grading.counts))
        .where(Submission.assignment_id == assignment_id, Submission.learner_id == learner_id)
        .where(~and_(Failure.submission_id.is_not(None), Grading.id.is_(None)))
    )
    return session.scalars(counted).one()
