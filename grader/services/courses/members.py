"""The members of a course."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.courses.membership import InstructorOf
from grader.services.errors import LastInstructor, UnknownAssignment, UnknownMember
from grader.store import audit, courses
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.store.tables import Enrolment
from grader.vocabulary import CourseRole


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a course."""

    user_id: int
    name: str
    email: str
    role: CourseRole
    student_number: str | None
    joined_at: datetime


def members_of(session: Session, course_id: int, sought: str = "") -> tuple[Member, ...]:
    """Return the members of a course, staff first, then by name; `sought` is part of a name, e-mail or number."""
    return tuple(map(_member_of, courses.members_of(session, course_id, sought)))


def find_member(session: Session, course_id: int, user_id: int) -> Member:
    """Return a member of a course.

    Raises:
        UnknownMember: there is no such member.
    """
    row = courses.find_member(session, course_id, user_id)
    if row is None:
        raise UnknownMember("No such member in this course.")
    return _member_of(row)


def is_member(session: Session, course_id: int, user_id: int) -> bool:
    """Return whether a user is a member of a course."""
    return courses.role_of(session, user_id, course_id) is not None


def change_role(sessions: Sessions, by: InstructorOf, user_id: int, role: CourseRole, now: datetime) -> None:
    """Change a member's role in a course.

    Raises:
        UnknownMember: there is no such member.
        LastInstructor: no instructor would be left.
    """
    with sessions.begin() as session:
        before = _leaving(session, by.course_id, user_id, role)
        if before.role == role:
            return
        detail = {"from": before.role, "to": role.value}
        before.role = role.value
        audit.add_event(
            session, AuditEvent(now, "member.changed", by.user_id, by.course_id, subject_id=user_id, detail=detail)
        )


def remove_member(sessions: Sessions, by: InstructorOf, user_id: int, now: datetime) -> None:
    """Remove a member from a course; submissions are kept.

    Raises:
        UnknownMember: there is no such member.
        LastInstructor: no instructor would be left.
    """
    with sessions.begin() as session:
        before = _leaving(session, by.course_id, user_id, None)
        detail = {"from": before.role}
        courses.delete_enrolment(session, before)
        audit.add_event(
            session, AuditEvent(now, "member.removed", by.user_id, by.course_id, subject_id=user_id, detail=detail)
        )


def _leaving(session: Session, course_id: int, user_id: int, role: CourseRole | None) -> Enrolment:
    """Return the enrolment that is about to change; locks the enrolments of the course."""
    courses.lock_course(session, course_id)
    before = courses.find_enrolment(session, course_id, user_id)
    if before is None:
        raise UnknownMember("No such member in this course.")
    is_leaving = before.role == CourseRole.INSTRUCTOR and role is not CourseRole.INSTRUCTOR
    if is_leaving and courses.count_instructors(session, course_id) == 1:
        raise LastInstructor("A course needs at least one instructor. Make another member an instructor first.")
    return before


def _member_of(row: Row[Any]) -> Member:
    return Member(row.id, row.name, row.email, CourseRole(row.role), row.student_number, row.joined_at)


@dataclass(frozen=True, slots=True)
class Student:
    """One student of a course."""

    id: int
    name: str
    email: str
    number: str | None


@dataclass(frozen=True, slots=True)
class StudentPlace:
    """A student at an assignment: the subject of a mark, an extension or a message."""

    assignment_id: int
    user_id: int


def students_by_user(session: Session, course_id: int) -> dict[int, Student]:
    """Return the students of a course by user id, ordered by name."""
    return {
        row.id: Student(row.id, row.name, row.email, row.student_number)
        for row in courses.students_of(session, course_id)
    }


def find_student(session: Session, course_id: int, at: StudentPlace) -> Student:
    """Return a student of a course at one of its assignments; their enrolment is locked until the transaction ends.

    Raises:
        UnknownAssignment: the course has no such student or no such assignment.
    """
    row = courses.student_at(session, course_id, at.assignment_id, at.user_id)
    if row is None:
        raise UnknownAssignment(Message("refused.no-student", assignment=str(at.assignment_id), number=str(at.user_id)))
    return Student(row.id, row.name, row.email, row.student_number)
