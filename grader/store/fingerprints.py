"""Few figures that change whenever anything does that a page about an assignment shows: cheap, and asked often."""

from typing import Any

from sqlalchemy import ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from grader.store.allowances import Allowance
from grader.store.drafts import Draft
from grader.store.enrolments import Enrolment
from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.mark_overrides import MarkOverride
from grader.store.submissions import Submission


def of_assignment(session: Session, assignment_id: int, course_id: int) -> tuple[Any, ...]:
    """Return the figures; two that are equal stand for the same rows."""
    sent = session.execute(
        select(func.count(), func.max(Submission.submitted_at), func.count(Grading.id), func.sum(Grading.id))
        .select_from(Submission)
        .outerjoin(Grading, and_(Grading.submission_id == Submission.id, Grading.counts))
        .where(Submission.assignment_id == assignment_id)
    ).one()
    besides = session.execute(select(*_besides(assignment_id, course_id))).one()
    return (*sent, *besides)


def _besides(assignment_id: int, course_id: int) -> tuple[ScalarSelect[Any], ...]:
    """What few rows hold."""
    override = (MarkOverride.assignment_id == assignment_id,)
    failed = select(func.count()).select_from(Failure).join(Submission, Submission.id == Failure.submission_id)
    return (
        failed.where(Submission.assignment_id == assignment_id).scalar_subquery(),
        select(func.count()).where(Draft.place == f"assignment:{assignment_id}").scalar_subquery(),
        select(func.max(MarkOverride.id)).where(*override).scalar_subquery(),
        select(func.max(MarkOverride.revoked_at)).where(*override).scalar_subquery(),
        select(func.max(Allowance.given_at)).where(Allowance.assignment_id == assignment_id).scalar_subquery(),
        select(func.count()).where(Allowance.assignment_id == assignment_id).scalar_subquery(),
        select(func.sum(func.hashtext(func.concat(Enrolment.user_id, Enrolment.role))))
        .where(Enrolment.course_id == course_id)
        .scalar_subquery(),
    )
