"""The students of a course, by name."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from grader.store.assignments import Assignment
from grader.store.enrolments import CourseRole, Enrolment
from grader.store.users import User


def students_of(session: Session, course_id: int) -> Sequence[Row[int, str, str, str | None]]:
    """Return user, name, e-mail and student's number."""
    return session.execute(
        select(User.id, User.name, User.email, Enrolment.student_number)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.STUDENT)
        .order_by(User.name, User.id)
    ).all()


def student_at(session: Session, assignment_id: int, user_id: int) -> Row[int, str, str, str | None] | None:
    """Return the same of one student of an assignment's course, whose enrolment is held until the transaction ends."""
    return session.execute(
        select(User.id, User.name, User.email, Enrolment.student_number)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Assignment, Assignment.course_id == Enrolment.course_id)
        .where(Assignment.id == assignment_id, User.id == user_id, Enrolment.role == CourseRole.STUDENT)
        .with_for_update(of=Enrolment)
    ).one_or_none()
