"""Assignments: which marks a regrade has changed."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from grader.store.submission_tables import Grading, Learner, Regrade, RegradeResult, Submission
from grader.vocabulary import IN_FORCE


def changed_marks(session: Session, assignment_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    """Return assignment and user of every student with a submission that has other points since a regrade."""
    before, after = aliased(Grading), aliased(Grading)
    rows = session.execute(
        select(Regrade.assignment_id, Learner.user_id)
        .join(RegradeResult, RegradeResult.regrade_id == Regrade.id)
        .join(before, before.id == RegradeResult.before_id)
        .join(after, after.id == RegradeResult.after_id)
        .join(Submission, Submission.id == RegradeResult.submission_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Regrade.assignment_id.in_(assignment_ids), Regrade.state.in_(IN_FORCE), Learner.user_id.is_not(None))
        .where(before.given / before.max != after.given / after.max)
        .distinct()
    )
    return frozenset((row.assignment_id, row.user_id) for row in rows)
