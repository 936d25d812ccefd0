"""Courses and enrolments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grader.store.tables import Assignment, Course, Enrolment, StudentMessage, User
from grader.vocabulary import CourseRole


def add_course(session: Session, row: dict[str, object]) -> int:
    """Insert a course and return its id."""
    return session.scalars(insert(Course).values(row).returning(Course.id)).one()


def find_course(session: Session, course_id: int) -> Course | None:
    """Return a course."""
    return session.get(Course, course_id)


def lock_course(session: Session, course_id: int) -> Course:
    """Return a course, locked together with its enrolments until the transaction ends."""
    return session.scalars(select(Course).where(Course.id == course_id).with_for_update()).one()


def course_by_join_code(session: Session, code: str) -> Course | None:
    """Return the course with this (normalised) join code."""
    return session.scalars(select(Course).where(Course.join_code == code)).one_or_none()


def course_by_title(session: Session, created_by: int, title: str) -> int | None:
    """Return the id of the first course with this title created by a user."""
    theirs = select(Course.id).where(Course.created_by == created_by, Course.title == title)
    return session.scalars(theirs.order_by(Course.id)).first()


def courses_of_user(
    session: Session, user_id: int, *, everybodys: bool = False
) -> Sequence[Row[int, str, str, datetime | None, str]]:
    """Return id, title, time zone, time of archiving and the user's role; by title, archived courses last.

    Only the user's own courses, or all courses, with a role of None in those where the user is not enrolled.
    """
    mine = (Enrolment.course_id == Course.id) & (Enrolment.user_id == user_id)
    wanted = select(Course.id, Course.title, Course.time_zone, Course.archived_at, Enrolment.role).select_from(Course)
    order = (Course.archived_at.is_not(None), Course.title, Course.id)
    return session.execute(wanted.join(Enrolment, mine, isouter=everybodys).order_by(*order)).all()


def courses_studied_by(session: Session, user_id: int) -> Sequence[int]:
    """Return the ids of the courses, not archived, in which a user is a student."""
    studied = select(Enrolment.course_id).join(Course, Course.id == Enrolment.course_id)
    studied = studied.where(Enrolment.user_id == user_id, Enrolment.role == CourseRole.STUDENT)
    return session.scalars(studied.where(Course.archived_at.is_(None))).all()


def course_of_assignment(session: Session, assignment_id: int) -> int | None:
    """Return the id of an assignment's course."""
    return session.scalars(select(Assignment.course_id).where(Assignment.id == assignment_id)).one_or_none()


def role_in_course(session: Session, user_id: int, course_id: int) -> Row[str, datetime | None, str | None] | None:
    """Return title, time of archiving and the user's role (None without enrolment); None if there is no course."""
    return session.execute(
        select(Course.title, Course.archived_at, Enrolment.role)
        .outerjoin(Enrolment, (Enrolment.course_id == Course.id) & (Enrolment.user_id == user_id))
        .where(Course.id == course_id)
    ).one_or_none()


def is_instructor_anywhere(session: Session, user_id: int) -> bool:
    """Return whether a user is an instructor of a course that is not archived."""
    given = select(Course.id).join(Enrolment, Enrolment.course_id == Course.id)
    mine = (Enrolment.user_id == user_id, Enrolment.role == CourseRole.INSTRUCTOR, Course.archived_at.is_(None))
    return session.scalars(given.where(*mine).limit(1)).first() is not None


def add_enrolments(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Enrol users; existing members are left unchanged."""
    if rows:
        session.execute(insert(Enrolment).on_conflict_do_nothing(), rows)


def add_enrolment(session: Session, row: dict[str, object]) -> bool:
    """Enrol a user; return whether that was new. Existing members keep their role."""
    made = insert(Enrolment).values(row).on_conflict_do_nothing().returning(Enrolment.user_id)
    return session.scalars(made).one_or_none() is not None


def put_enrolments(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Enrol users, and update role and student number of existing members."""
    if not rows:
        return
    made = insert(Enrolment)
    put = made.on_conflict_do_update(
        index_elements=[Enrolment.course_id, Enrolment.user_id],
        set_={"role": made.excluded.role, "student_number": made.excluded.student_number},
    )
    session.execute(put, rows)


def find_enrolment(session: Session, course_id: int, user_id: int) -> Enrolment | None:
    """Return a user's enrolment in a course; changes of it are stored at the end of the transaction."""
    return session.get(Enrolment, (course_id, user_id))


def delete_enrolment(session: Session, enrolment: Enrolment) -> None:
    """Delete an enrolment."""
    session.delete(enrolment)


def count_instructors(session: Session, course_id: int) -> int:
    """Return the number of instructors of a course."""
    teaching = select(func.count()).select_from(Enrolment)
    return session.scalars(
        teaching.where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.INSTRUCTOR)
    ).one()


def members_of(session: Session, course_id: int, sought: str = "") -> Sequence[Row[*tuple[Any, ...]]]:
    """Return id, name, e-mail, role, student number and time of joining; instructors first, then assistants, by name.

    `sought` is part of a name, an e-mail or a student number.
    """
    wanted = _members(course_id)
    if sought:
        fields = (User.name, User.email, Enrolment.student_number)
        wanted = wanted.where(or_(*(field.icontains(sought, autoescape=True) for field in fields)))
    order = case({CourseRole.INSTRUCTOR: 0, CourseRole.ASSISTANT: 1}, value=Enrolment.role, else_=2)
    return session.execute(wanted.order_by(order, func.lower(User.name), User.id)).all()


def find_member(session: Session, course_id: int, user_id: int) -> Row[*tuple[Any, ...]] | None:
    """Return the same for one member."""
    return session.execute(_members(course_id).where(User.id == user_id)).one_or_none()


def _members(course_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(User.id, User.name, User.email, Enrolment.role, Enrolment.student_number, Enrolment.joined_at)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id)
    )


def role_of(session: Session, user_id: int, course_id: int) -> str | None:
    """Return a user's role in a course; None without enrolment."""
    role = select(Enrolment.role).where(Enrolment.user_id == user_id, Enrolment.course_id == course_id)
    return session.scalars(role).one_or_none()


def student_by_email(session: Session, course_id: int, email: str) -> Row[int, str] | None:
    """Return id and e-mail of a student of a course by the e-mail, in any letter case."""
    return session.execute(
        select(User.id, User.email)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.STUDENT)
        .where(User.email == func.lower(email))
    ).one_or_none()


def students_of(session: Session, course_id: int) -> Sequence[Row[int, str, str, str | None]]:
    """Return user, name, e-mail address and student number."""
    return session.execute(
        select(User.id, User.name, User.email, Enrolment.student_number)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.STUDENT)
        .order_by(User.name, User.id)
    ).all()


def student_emails(session: Session, course_id: int) -> Sequence[Row[int, str]]:
    """Return id and e-mail of the students of a course, by e-mail."""
    return session.execute(
        select(User.id, User.email)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.STUDENT)
        .order_by(User.email)
    ).all()


def student_at(
    session: Session, course_id: int, assignment_id: int, user_id: int
) -> Row[int, str, str, str | None] | None:
    """Return the same for one student of a course at one of its assignments, with the enrolment locked."""
    return session.execute(
        select(User.id, User.name, User.email, Enrolment.student_number)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Assignment, Assignment.course_id == Enrolment.course_id)
        .where(Enrolment.course_id == course_id, Assignment.id == assignment_id, User.id == user_id)
        .where(Enrolment.role == CourseRole.STUDENT)
        .with_for_update(of=Enrolment)
    ).one_or_none()


def add_message(session: Session, row: dict[str, object]) -> None:
    """Insert a message."""
    session.execute(insert(StudentMessage).values(row))


def messages_to_student(
    session: Session, user_id: int, assignment_id: int
) -> Sequence[Row[str, str | None, datetime, datetime | None]]:
    """Return text, sender's name, time sent and time read of messages to a student about an assignment, newest first."""
    return session.execute(
        select(StudentMessage.text, User.name, StudentMessage.sent_at, StudentMessage.read_at)
        .outerjoin(User, User.id == StudentMessage.from_user)
        .where(StudentMessage.to_user == user_id, StudentMessage.assignment_id == assignment_id)
        .order_by(StudentMessage.sent_at.desc(), StudentMessage.id.desc())
    ).all()


def unread_messages(session: Session, user_id: int, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the messages that a student has not marked as read, each with sender's name and assignment's title."""
    wanted = (
        select(StudentMessage, User.name, Assignment.title)
        .outerjoin(User, User.id == StudentMessage.from_user)
        .outerjoin(Assignment, Assignment.id == StudentMessage.assignment_id)
        .where(StudentMessage.to_user == user_id, StudentMessage.read_at.is_(None))
        .order_by(StudentMessage.sent_at.desc())
        .limit(limit)
    )
    return session.execute(wanted).all()


def mark_message_as_read(session: Session, user_id: int, message_id: int, now: datetime) -> None:
    """Mark a student's message as read; leaves messages to others and read ones unchanged."""
    unread = update(StudentMessage).where(
        StudentMessage.id == message_id, StudentMessage.to_user == user_id, StudentMessage.read_at.is_(None)
    )
    session.execute(unread.values(read_at=now))
