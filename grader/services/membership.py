from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.sayings.saying import Saying
from grader.services.authenticate import SignedIn
from grader.services.errors import NotForThisRole, UnknownAssignment, UnknownCourse
from grader.store.assignments import Assignment
from grader.store.courses import Course
from grader.store.enrolments import CourseRole, Enrolment


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
    row = session.execute(
        select(Course.title, Course.archived_at, Enrolment.role)
        .outerjoin(Enrolment, (Enrolment.course_id == Course.id) & (Enrolment.user_id == who.id))
        .where(Course.id == course_id)
    ).one_or_none()
    if row is None or (row.role is None and not who.is_administrator):
        raise UnknownCourse(Saying("refused.unknown-course", number=str(course_id)))
    role = CourseRole.INSTRUCTOR if who.is_administrator else CourseRole(row.role)
    return Membership(course_id, who.id, role, row.archived_at is not None, row.title)


def at_assignment(session: Session, who: SignedIn, assignment_id: int) -> Membership:
    """Return what a person is in the course of an assignment.

    Raises:
        UnknownAssignment: there is none, or the person does not belong to its course.
    """
    course_id = session.scalars(select(Assignment.course_id).where(Assignment.id == assignment_id)).one_or_none()
    unknown = UnknownAssignment(Saying("refused.not-your-assignment", number=str(assignment_id)))
    if course_id is None:
        raise unknown
    try:
        return in_course(session, who, course_id)
    except UnknownCourse:
        raise unknown from None


def gives_a_course(session: Session, who: SignedIn) -> bool:
    """Tell whether a person is an instructor of a course that is not put away."""
    given = select(Course.id).join(Enrolment, Enrolment.course_id == Course.id)
    mine = (Enrolment.user_id == who.id, Enrolment.role == CourseRole.INSTRUCTOR.value, Course.archived_at.is_(None))
    return session.scalars(given.where(*mine).limit(1)).first() is not None
