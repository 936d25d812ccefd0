"""Practising an exercise: open to all, but not where it would go round an assignment that keeps something back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.checking.minute import is_past
from grader.checking.policy import Policy
from grader.services.errors import SetAsAssignment
from grader.store.assignments import Assignment
from grader.store.courses import Course
from grader.store.enrolments import CourseRole, Enrolment


def assignment_instead(session: Session, user_id: int, slug: str, now: datetime) -> int | None:
    """Return the assignment at which a student answers an exercise instead of practising it; None where it is not set.

    An assignment that takes any number of attempts, and tells all of each at once, keeps nobody from practising. Of
    several the one that is due next, else the newest. What was put away, alone or with its course, sets nothing.
    """
    found = session.execute(
        select(Assignment.id, Assignment.due_at, Assignment.policy)
        .join(Course, Course.id == Assignment.course_id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.user_id == user_id, Enrolment.role == CourseRole.STUDENT.value)
        .where(Assignment.slug == slug, Assignment.archived_at.is_(None), Course.archived_at.is_(None))
        .order_by(Assignment.due_at.asc().nulls_last(), Assignment.id)
    )
    rows = [row for row in found if Policy.from_json(row.policy).keeps_back]
    coming = [row.id for row in rows if not is_past(row.due_at, now)]
    return coming[0] if coming else rows[-1].id if rows else None


def refuse_assigned(session: Session, user_id: int, slug: str, now: datetime) -> None:
    """Make sure that an exercise may be practised.

    Raises:
        SetAsAssignment: the person is set it: who could practise it would know its mistakes before they count.
    """
    if assignment_instead(session, user_id, slug, now) is not None:
        raise SetAsAssignment("This exercise is set in a course of yours; answer it at its assignment.")
