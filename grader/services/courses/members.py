"""The members of a course, and what each may do there."""

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
    """What a person is in a course; an administrator counts as an instructor of each.

    Attributes:
        role: in the course.
        course: its title.
        is_archived: whether the course is over: it can be looked at, and nothing in it changes.
    """

    course_id: int
    user_id: int
    role: CourseRole
    is_archived: bool = False
    course: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether the person sees what the students do."""
        return self.role is not CourseRole.STUDENT

    @property
    def may_edit(self) -> bool:
        """Whether the person changes the course, its assignments and marks."""
        return self.role is CourseRole.INSTRUCTOR

    def require_staff(self) -> "Membership":
        """Return itself.

        Raises:
            NotForThisRole: the person is a student of the course.
        """
        if not self.is_staff:
            raise NotForThisRole("This page is for those who teach the course.")
        return self

    def require_instructor(self) -> "Membership":
        """Return itself.

        Raises:
            NotForThisRole: the person does not give the course.
        """
        if not self.may_edit:
            raise NotForThisRole("Only instructors of the course may do this.")
        return self


def in_course(session: Session, who: SignedIn, course_id: int) -> Membership:
    """Return what a person is in a course.

    Raises:
        UnknownCourse: there is none, or the person does not belong to it; the two look alike from outside.
    """
    row = courses.role_in_course(session, who.id, course_id)
    if row is None or (row.role is None and not who.is_administrator):
        raise UnknownCourse(Message("refused.unknown-course", number=str(course_id)))
    role = CourseRole.INSTRUCTOR if who.is_administrator else CourseRole(row.role)
    return Membership(course_id, who.id, role, row.archived_at is not None, row.title)


def at_assignment(session: Session, who: SignedIn, assignment_id: int) -> Membership:
    """Return what a person is in the course of an assignment.

    Raises:
        UnknownAssignment: there is none, or the person does not belong to its course.
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
    """Somebody in a course."""

    user_id: int
    name: str
    email: str
    role: CourseRole
    student_number: str | None
    joined_at: datetime


def members_of(session: Session, course_id: int, sought: str = "") -> tuple[Member, ...]:
    """Return who is in a course: those who teach it first, then by name; `sought` is part of a name, e-mail or number."""
    return tuple(map(_member_of, courses.members_of(session, course_id, sought)))


def find_member(session: Session, course_id: int, user_id: int) -> Member:
    """Return somebody in a course.

    Raises:
        UnknownMember: nobody of this number is in it.
    """
    row = courses.find_member(session, course_id, user_id)
    if row is None:
        raise UnknownMember("Nobody of this number belongs to the course.")
    return _member_of(row)


def change_role(sessions: Sessions, by: Membership, user_id: int, role: CourseRole, now: datetime) -> None:
    """Make somebody something else in a course.

    Raises:
        UnknownMember: nobody of this number is in it.
        LastInstructor: nobody would be left who gives the course.
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
    """Take somebody out of a course; what the person has sent is kept.

    Raises:
        UnknownMember: nobody of this number is in it.
        LastInstructor: nobody would be left who gives the course.
    """
    with sessions.begin() as session:
        before = _leaving(session, by.course_id, user_id, None)
        detail = {"from": before.role}
        session.delete(before)
        audit.add_event(
            session, AuditEvent(now, "member.removed", by.user_id, by.course_id, subject_id=user_id, detail=detail)
        )


def _leaving(session: Session, course_id: int, user_id: int, role: CourseRole | None) -> Enrolment:
    """The enrolment that is about to change, while nobody else changes one of the course."""
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
    """A student at an assignment: what a mark, an allowance or a message is of."""

    assignment_id: int
    user_id: int


def students_by_user(session: Session, course_id: int) -> dict[int, Student]:
    """Return the students of a course by user, in the order of their names."""
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
