"""Courses, their members, and messages to students."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from grader.store.tables import Assignment, Course, Enrolment, StudentMessage, User
from grader.vocabulary import CourseRole


def lock_course(session: Session, course_id: int) -> Course:
    """Return the course, and let nobody else change who is in it before this transaction ends."""
    return session.scalars(select(Course).where(Course.id == course_id).with_for_update()).one()


def course_by_join_code(session: Session, code: str) -> Course | None:
    """Return the course that is joined by this (already normalised) code."""
    return session.scalars(select(Course).where(Course.join_code == code)).one_or_none()


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


def messages_to_student(session: Session, user_id: int, assignment_id: int) -> Sequence[Row[str, datetime, str | None]]:
    """Return text, time and sender's name of what was said to a student about an assignment, newest first."""
    return session.execute(
        select(StudentMessage.text, StudentMessage.sent_at, User.name)
        .outerjoin(User, User.id == StudentMessage.from_user)
        .where(StudentMessage.to_user == user_id, StudentMessage.assignment_id == assignment_id)
        .order_by(StudentMessage.sent_at.desc(), StudentMessage.id.desc())
    ).all()
