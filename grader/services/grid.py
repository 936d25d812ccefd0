"""All students of a course with all its assignments: the gradebook as those who teach look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TypeAlias

from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.checking.minute import is_past
from grader.services.assignment import Assignment, assignments_of
from grader.services.classwork import version
from grader.services.kept import Kept
from grader.services.marks import Standing, marks_of
from grader.services.students import Student, students_by_user
from grader.services.worth import worth_of
from grader.store.regraded_marks import changed_marks

Marks: TypeAlias = Mapping[int, Standing]


@dataclass(frozen=True, slots=True)
class Cell:
    """One student at one assignment.

    Attributes:
        points: lateness deducted; None where nothing is graded.
        of: the most that there is.
        sent: whether anything was.
        due: whether the student's due time has passed.
        late_days: of the attempt that counts.
        overridden: whether a person has set the mark.
        regraded: whether a regrade has changed it.
        waiting: submissions that are being graded.
        set_aside: submissions that could not be.
        unusable: submissions whose file cannot be used.
    """

    points: float | None
    of: float
    sent: bool
    due: bool
    late_days: int
    overridden: bool
    regraded: bool
    waiting: int
    set_aside: int
    unusable: int = 0

    @property
    def missing(self) -> bool:
        """Whether it is due and nothing of it is there."""
        return self.due and not self.sent and self.points is None


@dataclass(frozen=True, slots=True)
class GridRow:
    """One student; `cells` in the order of the assignments.

    Attributes:
        points: the sum of the marks.
        of: the sum of what the assignments are worth that are graded or due: what is not sent in time counts nothing.
    """

    student: Student
    cells: tuple[Cell, ...]
    points: float
    of: float

    @property
    def share(self) -> float | None:
        """Of the points that could be had so far; None where nothing is graded or due."""
        return self.points / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Grid:
    """All of it; `medians` of those who have a mark, by assignment."""

    assignments: tuple[Assignment, ...]
    worth: tuple[float, ...]
    rows: tuple[GridRow, ...]
    medians: tuple[float | None, ...]


def grid_of(session: Session, course_id: int, catalog: Catalog, now: datetime, kept: Kept[str, Marks]) -> Grid:
    """Return the grid of a course, students by name, assignments by due time.

    Args:
        session: of the database.
        course_id: whose.
        catalog: the exercises that are served.
        now: the time.
        kept: marks of assignments that nothing has happened to since.
    """
    students = students_by_user(session, course_id)
    assignments = assignments_of(session, course_id)
    marks = [_marks(session, one, catalog, tuple(students), kept) for one in assignments]
    regraded = changed_marks(session, [one.id for one in assignments])
    worth = tuple(_worth(session, one, catalog) for one in assignments)
    rows = []
    for user_id, student in students.items():
        cells = tuple(
            _cell(by_user[user_id], now, regraded=(one.id, user_id) in regraded)
            for one, by_user in zip(assignments, marks, strict=True)
        )
        rows.append(_row(student, cells))
    return Grid(assignments, worth, tuple(rows), tuple(_median(rows, k) for k in range(len(assignments))))


def _marks(
    session: Session, assignment: Assignment, catalog: Catalog, students: Sequence[int], kept: Kept[str, Marks]
) -> Marks:
    most = worth_of(session, catalog, assignment)
    published = catalog.published.get(assignment.slug)
    if published is None:
        return marks_of(session, assignment, most, students)
    return kept.get(version(session, assignment, published), lambda: marks_of(session, assignment, most, students))


def _worth(session: Session, assignment: Assignment, catalog: Catalog) -> float:
    points = assignment.policy.points
    return worth_of(session, catalog, assignment) if points is None else points


def _cell(standing: Standing, now: datetime, *, regraded: bool) -> Cell:
    mark, ungraded = standing.mark, [one for one in standing.attempts if one.given is None]
    return Cell(
        points=mark.points,
        of=mark.of,
        sent=bool(standing.attempts),
        due=is_past(standing.terms.is_over_after, now),
        late_days=mark.late_days,
        overridden=mark.overridden,
        regraded=regraded,
        waiting=sum(1 for one in ungraded if not one.failed),
        set_aside=sum(1 for one in ungraded if one.failed and not one.unusable),
        unusable=sum(1 for one in ungraded if one.unusable),
    )


def _row(student: Student, cells: tuple[Cell, ...]) -> GridRow:
    counted = [cell for cell in cells if cell.points is not None or cell.missing]
    points = sum(cell.points or 0.0 for cell in counted)
    return GridRow(student, cells, points, sum(cell.of for cell in counted))


def _median(rows: Sequence[GridRow], place: int) -> float | None:
    points = [cell.points for row in rows if (cell := row.cells[place]).points is not None]
    return float(median(points)) if points else None
