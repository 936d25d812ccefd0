"""The gradebook: a row for each student, a column for each assignment; filtered and sorted."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from operator import itemgetter
from statistics import median
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.judging.policy import is_past
from grader.services.assignments.assignments import CourseAssignment, assignments_of
from grader.services.assignments.marks import StudentMark, marks_of, max_points_of
from grader.services.courses.members import Student, students_by_user
from grader.services.gradebook.class_data import class_version
from grader.services.lru_cache import LruCache
from grader.store.regrades import changed_marks

Marks: TypeAlias = Mapping[int, StudentMark]


@dataclass(frozen=True, slots=True)
class GradebookCell:
    """One student at one assignment.

    Attributes:
        points: with lateness deducted; None if nothing is graded.
        of: the maximum points.
        sent: whether anything was submitted.
        due: whether the student's due time has passed.
        late_days: of the attempt that counts.
        overridden: whether the mark was set by hand.
        regraded: whether a regrade has changed it.
        waiting: submissions being graded.
        set_aside: submissions that could not be graded.
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
        """Whether it is due and nothing was submitted."""
        return self.due and not self.sent and self.points is None


@dataclass(frozen=True, slots=True)
class GradebookRow:
    """One student; `cells` in the order of the assignments.

    Attributes:
        points: the sum of the marks.
        of: the sum of the points of assignments that are graded or due; missing submissions count as 0.
    """

    student: Student
    cells: tuple[GradebookCell, ...]
    points: float
    of: float

    @property
    def share(self) -> float | None:
        """The share of the points available so far; None if nothing is graded or due."""
        return self.points / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The whole gradebook; `medians` of students with a mark, by assignment."""

    assignments: tuple[CourseAssignment, ...]
    worth: tuple[float, ...]
    rows: tuple[GradebookRow, ...]
    medians: tuple[float | None, ...]


def gradebook_of(
    session: Session, course_id: int, catalog: Catalog, now: datetime, kept: LruCache[str, Marks]
) -> Gradebook:
    """Return the gradebook of a course, students by name, assignments by due time.

    Args:
        session: joined.
        course_id: the course.
        catalog: the current exercises.
        now: the time.
        kept: cached marks of assignments without changes.
    """
    students = students_by_user(session, course_id)
    assignments = assignments_of(session, course_id)
    max_points = [max_points_of(session, catalog, one) for one in assignments]
    marks = []
    for one, most in zip(assignments, max_points, strict=True):
        compute = partial(marks_of, session, one, most, tuple(students))
        marks.append(_marks(session, one, catalog, kept, compute))
    regraded = changed_marks(session, [one.id for one in assignments])
    worth = tuple(one.policy.points_of(most) for one, most in zip(assignments, max_points, strict=True))
    rows = []
    for user_id, student in students.items():
        cells = tuple(
            _cell(by_user[user_id], now, regraded=(one.id, user_id) in regraded)
            for one, by_user in zip(assignments, marks, strict=True)
        )
        rows.append(_row(student, cells))
    return Gradebook(assignments, worth, tuple(rows), tuple(_median(rows, k) for k in range(len(assignments))))


def _marks(
    session: Session,
    assignment: CourseAssignment,
    catalog: Catalog,
    kept: LruCache[str, Marks],
    compute: Callable[[], Marks],
) -> Marks:
    """Return the marks as computed when the class was last in this state, or compute them."""
    published = catalog.published.get(assignment.slug)
    return compute() if published is None else kept.get(class_version(session, assignment, published), compute)


def _cell(standing: StudentMark, now: datetime, *, regraded: bool) -> GradebookCell:
    mark, ungraded = standing.mark, [one for one in standing.attempts if one.given is None]
    return GradebookCell(
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


def _row(student: Student, cells: tuple[GradebookCell, ...]) -> GradebookRow:
    counted = [cell for cell in cells if cell.points is not None or cell.missing]
    points = sum(cell.points or 0.0 for cell in counted)
    return GradebookRow(student, cells, points, sum(cell.of for cell in counted))


def _median(rows: Sequence[GradebookRow], place: int) -> float | None:
    points = [cell.points for row in rows if (cell := row.cells[place]).points is not None]
    return float(median(points)) if points else None


class GradebookFilter(StrEnum):
    """The students to show."""

    ALL = "all"
    MISSING = "missing"
    LATE = "late"
    WAITING = "waiting"
    BY_HAND = "by-hand"


TESTS: Mapping[GradebookFilter, Callable[[GradebookCell], bool]] = MappingProxyType(
    {
        GradebookFilter.MISSING: lambda cell: cell.missing,
        GradebookFilter.LATE: lambda cell: cell.late_days > 0,
        GradebookFilter.WAITING: lambda cell: bool(cell.waiting or cell.set_aside),
        GradebookFilter.BY_HAND: lambda cell: cell.overridden or cell.regraded,
    }
)


@dataclass(frozen=True, slots=True)
class GradebookOrder:
    """The sort key: `name`, `number`, `total`, or the index of an assignment."""

    by: str = "name"
    descending: bool = False


def filtered_rows(
    rows: Sequence[GradebookRow], words: str, shown: GradebookFilter, order: GradebookOrder
) -> list[GradebookRow]:
    """Return the rows whose student matches all these words in name, number or e-mail address, in this order.

    Words match at their beginning, numbers anywhere. Students without a mark come last in either direction.
    """
    wanted = [plain_words(word) for word in words.split()]
    found = [row for row in rows if _has_words(row, wanted) and _passes(row, shown)]
    key = KEYS.get(order.by) or _by_place(int(order.by))
    keyed = [(key(row), row) for row in found]
    there = [(value, row) for value, row in keyed if value is not None]
    there.sort(key=itemgetter(0), reverse=order.descending)
    return [row for _, row in there] + [row for value, row in keyed if value is None]


def plain_words(text: str) -> str:
    """Return a text in lower case without accents: `nguyen` finds Nguyễn, and `dung` finds Đặng Dũng."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFD", text.casefold().replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def _has_words(row: GradebookRow, wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    said = plain_words(f"{row.student.name} {row.student.email}").split()
    number = plain_words(row.student.number or "")
    return all(any(one.startswith(word) for one in said) or (bool(number) and word in number) for word in wanted)


def _passes(row: GradebookRow, shown: GradebookFilter) -> bool:
    return shown is GradebookFilter.ALL or any(map(TESTS[shown], row.cells))


def _by_place(place: int) -> Callable[[GradebookRow], Any]:
    return lambda row: row.cells[place].points


KEYS: Mapping[str, Callable[[GradebookRow], Any]] = MappingProxyType(
    {
        "name": lambda row: plain_words(row.student.name),
        "number": lambda row: row.student.number,
        "total": lambda row: row.share,
    }
)
