"""Everything that was sent to practise an exercise, with answers and reports, too much to hold at once."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select, true
from sqlalchemy.orm import Session

from grader.store.clients import Client
from grader.store.failures import Failure
from grader.store.learners import Learner
from grader.store.outcomes import current_grading
from grader.store.submissions import Submission

AT_ONCE = 500


def submissions_of(session: Session, slug: str) -> Iterator[Row[Any]]:
    """Give all of it, oldest first, a few hundred in memory at a time."""
    current = current_grading()
    wanted = (
        select(
            Submission.id,
            Submission.submitted_at,
            Submission.revision,
            Submission.answers,
            Learner.ref.label("learner_ref"),
            Client.name.label("client"),
            current.c.report,
            Failure.reason.label("failure_reason"),
            Failure.unusable_file.is_not(None).label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .outerjoin(current, true())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.slug == slug, Submission.assignment_id.is_(None))
        .order_by(Submission.submitted_at, Submission.id)
    )
    yield from session.execute(wanted, execution_options={"yield_per": AT_ONCE})
