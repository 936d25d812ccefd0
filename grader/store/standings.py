"""How far each learner is with each exercise: attempts, and the best of what was graded."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select, true
from sqlalchemy.orm import Session

from grader.store.clients import Client
from grader.store.failures import Failure
from grader.store.learners import Learner
from grader.store.outcomes import Whose, best_first, current_grading
from grader.store.submissions import Submission


def best(session: Session, whose: Whose) -> Sequence[Row[Any]]:
    """Return one row per learner and exercise, by learner, client and slug; of equally good submissions the first one counts.

    A submission that could not be judged is no attempt.
    """
    current = current_grading()
    kin = (Submission.learner_id, Submission.slug)
    ranked = (
        select(
            Submission.id,
            Submission.slug,
            Learner.ref.label("learner_ref"),
            Client.name.label("client"),
            current.c.given,
            current.c.max,
            func.count().over(partition_by=kin).label("attempts"),
            func.row_number().over(partition_by=kin, order_by=best_first(current)).label("place"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .outerjoin(current, true())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(*whose.conditions(), or_(Failure.submission_id.is_(None), current.c.id.is_not(None)))
        .subquery()
    )
    first = select(ranked).where(ranked.c.place == 1)
    return session.execute(first.order_by(ranked.c.learner_ref, ranked.c.client, ranked.c.slug)).all()
