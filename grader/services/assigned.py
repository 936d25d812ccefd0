"""Assignments as a bearer token reaches them."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from grader.services.assignment import Assignment, find_assignment, find_assignments
from grader.services.errors import UnknownAssignment
from grader.services.principal import Principal
from grader.store import assignments
from grader.store.clients import WEB, Client
from grader.store.courses import Course
from grader.store.enrolments import CourseRole, Enrolment
from grader.store.users import User


def assigned_to(session: Session, who: Principal) -> tuple[Assignment, ...]:
    """Return the assignments that a token reaches, of courses that are not put away.

    A student's own token reaches what the student is set, a token of our own pages everything, an LMS's token nothing:
    its learners have no accounts here.
    """
    model = assignments.Assignment
    ids = session.scalars(
        select(model.id)
        .join(Course, Course.id == model.course_id)
        .where(_reached(session, who), model.archived_at.is_(None), Course.archived_at.is_(None))
    )
    return find_assignments(session, ids.all())


def reached(session: Session, who: Principal, assignment_id: int) -> Assignment:
    """Return an assignment that a token reaches.

    Raises:
        UnknownAssignment: there is none, or the token does not reach it; the two look alike.
    """
    model = assignments.Assignment
    found = session.scalars(select(model.id).where(model.id == assignment_id, _reached(session, who))).one_or_none()
    if found is None:
        raise UnknownAssignment(f"There is no assignment {assignment_id} for this token.")
    return find_assignment(session, assignment_id)


def student_at(session: Session, assignment: Assignment, email: str) -> tuple[int, str]:
    """Return the user, and the e-mail as it is registered, of a student of the assignment's course.

    Raises:
        UnknownAssignment: the course has no student of this e-mail, in whatever letter case.
    """
    found = session.execute(
        select(User.id, User.email)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == assignment.course_id, Enrolment.role == CourseRole.STUDENT.value)
        .where(User.email == func.lower(email))
    ).one_or_none()
    if found is None:
        raise UnknownAssignment(f"{email} is no student of the course of assignment {assignment.id}.")
    return found.id, found.email


def is_staff(session: Session, user_id: int, course_id: int) -> bool:
    """Tell whether a user teaches a course."""
    role = select(Enrolment.role).where(Enrolment.user_id == user_id, Enrolment.course_id == course_id)
    return session.scalars(role).one_or_none() not in {None, CourseRole.STUDENT.value}


def students_of(session: Session, course_id: int) -> list[tuple[int, str]]:
    """Return user and e-mail of the students of a course, by e-mail."""
    rows = session.execute(
        select(User.id, User.email)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.STUDENT.value)
        .order_by(User.email)
    )
    return [(row.id, row.email) for row in rows]


def _reached(session: Session, who: Principal) -> ColumnElement[bool]:
    model = assignments.Assignment
    if who.user_id is not None:
        return model.course_id.in_(select(Enrolment.course_id).where(Enrolment.user_id == who.user_id))
    ours = session.scalars(select(Client.id).where(Client.name == WEB)).one()
    return model.id.is_not(None) if who.client_id == ours else model.id.is_(None)
