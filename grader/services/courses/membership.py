"""A person's role in a course, and the permissions that follow from it.

A service that changes something takes a permission, so that it cannot be called before the role was checked.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.errors import NotForThisRole, UnknownAssignment, UnknownCourse
from grader.store import courses
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

    def require_staff(self) -> "StaffOf":
        """Return the permission of staff of the course.

        Raises:
            NotForThisRole: the person is a student of the course.
        """
        if not self.is_staff:
            raise NotForThisRole("This page is for teachers of the course.")
        return StaffOf(self.course_id, self.user_id)

    def require_instructor(self) -> "InstructorOf":
        """Return the permission of instructors of the course.

        Raises:
            NotForThisRole: the person is not an instructor of the course.
        """
        if not self.may_edit:
            raise NotForThisRole("Only instructors of the course can do this.")
        return InstructorOf(self.course_id, self.user_id)


@dataclass(frozen=True, slots=True)
class StaffOf:
    """Permission of a person to do what staff of a course may; only `Membership.require_staff` creates it."""

    course_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class InstructorOf(StaffOf):
    """Permission to do what instructors of a course may; only `Membership.require_instructor` creates it."""


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
    """Return whether a person is an instructor of a course that is not archived."""
    return courses.is_instructor_anywhere(session, who.id)
