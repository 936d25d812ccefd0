"""The marks of a course as a table: a row for each student, a column for each assignment."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.checking.policy import Mark
from grader.services.assignment import Assignment
from grader.services.marks import Standing, marks_of
from grader.services.students import Student, students_by_user
from grader.services.worth import worth_of


@dataclass(frozen=True, slots=True)
class Column:
    """One assignment; `of` is what it is worth, None where its exercise is not served any more and none is known."""

    assignment: Assignment
    of: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One student, with a standing for each column."""

    student: Student
    standings: tuple[Standing, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks alone."""
        return tuple(standing.mark for standing in self.standings)


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The table; students by name."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def gradebook(session: Session, catalog: Catalog, course_id: int, assignments: Sequence[Assignment]) -> Gradebook:
    """Work out the marks of all students of a course; three queries an assignment."""
    columns = tuple(Column(one, _worth(session, catalog, one)) for one in assignments)
    students = students_by_user(session, course_id)
    by_column = [marks_of(session, column.assignment, column.of or 0.0, list(students)) for column in columns]
    lines = (Line(student, tuple(marks[user_id] for marks in by_column)) for user_id, student in students.items())
    return Gradebook(columns, tuple(lines))


def _worth(session: Session, catalog: Catalog, assignment: Assignment) -> float | None:
    if assignment.policy.points is not None:
        return assignment.policy.points
    worth = worth_of(session, catalog, assignment)
    return worth if worth or assignment.slug in catalog.published else None
