from dataclasses import dataclass

from sqlalchemy.orm import Session

from grader.store import rosters


@dataclass(frozen=True, slots=True)
class Student:
    """One student of a course."""

    id: int
    name: str
    email: str
    number: str | None


def students_by_user(session: Session, course_id: int) -> dict[int, Student]:
    """Return the students of a course by user, in the order of their names."""
    return {
        row.id: Student(row.id, row.name, row.email, row.student_number)
        for row in rosters.students_of(session, course_id)
    }
