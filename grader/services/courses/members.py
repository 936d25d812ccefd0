"""The members of a course, and their permissions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.errors import LastInstructor, NotForThisRole, UnknownAssignment, UnknownCourse, UnknownMember
from grader.store import audit, courses
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.store.tables import Enrolment
from grader.vocabulary import CourseRole


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's role in a course; administrators count as instructors of every course.

    Attributes:
        role: in the course.
        course: its title.
        is_archived: whether the course is archived and therefore read-only.
    """

    course_id: int
    user_id: int
    role: CourseRole
    is_archived: bool = False
    course: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether the person sees the students' work."""
        return self.role is not CourseRole.STUDENT

    @property
    def may_edit(self) -> bool:
        """Whether the person may change the course, its assignments and marks."""
        return self.role is CourseRole.INSTRUCTOR

    def require_staff(self) -> "Membership":
        """Return self for staff of the course.

        Raises:
            NotForThisRole: the person is a student of the course.
        """
        if not self.is_staff:
            raise NotForThisRole("This page is for those who teach the course.")
        return self

    def require_instructor(self) -> "Membership":
        """Return self for instructors of the course.

        Raises:
            NotForThisRole: the person is not an instructor of the course.
        """
        if not self.may_edit:
            raise NotForThisRole("Only instructors of the course may do this.")
        return self


def in_course(session: Session, who: SignedIn, course_id: int) -> Membership:
    """Return a person's membership in a course.

    Raises:
        UnknownCourse: it does not exist, or the person does not belong to it; callers cannot tell which.
    """
    row = courses.role_in_course(session, who.id, course_id)
    if row is None or (row.role is None and not who.is_administrator):
        raise UnknownCourse(Message("refused.unknown-course", number=str(course_id)))
    role = CourseRole.INSTRUCTOR if who.is_administrator else CourseRole(row.role)
    return Membership(course_id, who.id, role, row.archived_at is not None, row.title)


def at_assignment(session: Session, who: SignedIn, assignment_id: int) -> Membership:
    """Return a person's membership in the course of an assignment.

    Raises:
        UnknownAssignment: it does not exist, or the person does not belong to its course.
    """
    course_id = courses.course_of_assignment(session, assignment_id)
    unknown = UnknownAssignment(Message("refused.not-your-assignment", number=str(assignment_id)))
    if course_id is None:
        raise unknown
    try:
        return in_course(session, who, course_id)
    except UnknownCourse:
        raise unknown from None


def gives_a_course(session: Session, who: SignedIn) -> bool:
    """Tell whether a person is an instructor of a course that is not archived."""
    return courses.is_instructor_anywhere(session, who.id)


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
        raise UnknownMember("Nobody of this number belongs to the course.")
    return _member_of(row)


def change_role(sessions: Sessions, by: Membership, user_id: int, role: CourseRole, now: datetime) -> None:
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


def remove_member(sessions: Sessions, by: Membership, user_id: int, now: datetime) -> None:
    """Remove a member from a course; submissions are kept.

    Raises:
        UnknownMember: there is no such member.
        LastInstructor: no instructor would be left.
    """
    with sessions.begin() as session:
        before = _leaving(session, by.course_id, user_id, None)
        detail = {"from": before.role}
        session.delete(before)
        audit.add_event(
            session, AuditEvent(now, "member.removed", by.user_id, by.course_id, subject_id=user_id, detail=detail)
        )


def _leaving(session: Session, course_id: int, user_id: int, role: CourseRole | None) -> Enrolment:
    """Return the enrolment that is about to change; locks the enrolments of the course."""
    courses.lock_course(session, course_id)
    before = session.get(Enrolment, (course_id, user_id))
    if before is None:
        raise UnknownMember("Nobody of this number belongs to the course.")
    is_leaving = before.role == CourseRole.INSTRUCTOR and role is not CourseRole.INSTRUCTOR
    if is_leaving and courses.count_instructors(session, course_id) == 1:
        raise LastInstructor("A course needs an instructor: make somebody else one first.")
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


def find_student(session: Session, at: StudentPlace) -> Student:
    """Return a student of the course of an assignment; their enrolment is locked until the transaction ends.

    Raises:
        UnknownAssignment: the course has no such student, or there is no such assignment.
    """
    row = courses.student_at(session, at.assignment_id, at.user_id)
    if row is None:
        raise UnknownAssignment(Message("refused.no-student", assignment=str(at.assignment_id), number=str(at.user_id)))
    return Student(row.id, row.name, row.email, row.student_number)
