from dataclasses import dataclass

from sqlalchemy.orm import Session

from grader.sayings.saying import Saying
from grader.services.errors import UnknownAssignment
from grader.store import rosters


@dataclass(frozen=True, slots=True)
class Student:
    """One student of a course."""

    id: int
    name: str
    email: str
    number: str | None


@dataclass(frozen=True, slots=True)
class At:
    """A student at an assignment: what a mark, an allowance or a message is of."""

    assignment_id: int
    user_id: int


def students_by_user(session: Session, course_id: int) -> dict[int, Student]:
    """Return the students of a course by user, in the order of their names."""
    return {
        row.id: Student(row.id, row.name, row.email, row.student_number)
        for row in rosters.students_of(session, course_id)
    }


def find_student(session: Session, at: At) -> Student:
    """Return a student of the course of an assignment; until the transaction ends nobody else does anything to him.

    Raises:
        UnknownAssignment: the course has no such student, or there is no such assignment.
    """
    row = rosters.student_at(session, at.assignment_id, at.user_id)
    if row is None:
        raise UnknownAssignment(Saying("refused.no-student", assignment=str(at.assignment_id), number=str(at.user_id)))
    return Student(row.id, row.name, row.email, row.student_number)
