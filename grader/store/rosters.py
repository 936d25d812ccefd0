"""The students of a course, by name."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

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
