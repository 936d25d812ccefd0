"""Gradebooks as the tables that a spreadsheet, Moodle and Canvas read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.services.gradebook import Gradebook, Line
from grader.services.marks import Standing

Row = list[str]
CANVAS_POINTS = "    Points Possible"
"""By this, with or without the spaces that Canvas itself writes, the second row is known."""

MARK_HEAD = ("points", "of", "percent", "attempts", "counted", "sent_at", "late_days", "lost_percent", "set_by_hand")


@dataclass(frozen=True, slots=True)
class Table:
    """How a gradebook is written.

    Attributes:
        rows: head first.
        marked: whether the file begins with a byte order mark: Excel wants one, importers trip over it.
    """

    rows: Callable[[Gradebook, Mapping[int, str]], Iterator[Row]]
    marked: bool = False


def _spreadsheet(book: Gradebook, _ids: Mapping[int, str]) -> Iterator[Row]:
    """A column for each assignment; of a single one all that made the mark."""
    if len(book.columns) == 1:
        yield ["name", "email", "student_number", *MARK_HEAD]
        for line in book.lines:
            yield [*_who(line), *_mark(line.standings[0])]
        return
    yield ["name", "email", "student_number", *(_titled(column.assignment.title, column.of) for column in book.columns)]
    for line in book.lines:
        yield [*_who(line), *map(_points, line.standings)]


def _moodle(book: Gradebook, _ids: Mapping[int, str]) -> Iterator[Row]:
    """Who is meant is told by e-mail or ID number; a column whose head is the name of a grade item is mapped to it."""
    yield ["Email address", "ID number", "Full name", *(column.assignment.title for column in book.columns)]
    for line in book.lines:
        student = line.student
        yield [student.email, student.number or "", student.name, *map(_points, line.standings)]


def _canvas(book: Gradebook, ids: Mapping[int, str]) -> Iterator[Row]:
    """Canvas finds a person by SIS User ID, then SIS Login ID, then name; an assignment by its own id, then title."""
    titles = [
        f"{column.assignment.title} ({ids[column.assignment.id]})"
        if column.assignment.id in ids
        else column.assignment.title
        for column in book.columns
    ]
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles]
    yield [CANVAS_POINTS, "", "", "", "", *(_number(column.of) for column in book.columns)]
    for line in book.lines:
        student = line.student
        yield [student.name, "", student.number or "", student.email, "", *map(_points, line.standings)]


TABLES: Mapping[str, Table] = MappingProxyType(
    {"csv": Table(_spreadsheet, marked=True), "moodle": Table(_moodle), "canvas": Table(_canvas)}
)


def _who(line: Line) -> Row:
    return [line.student.name, line.student.email, line.student.number or ""]


def _mark(standing: Standing) -> Row:
    made = standing.mark
    counted = next((one for one in standing.attempts if one.submission_id == made.counted), None)
    return [
        _number(made.points),
        _number(made.of),
        "" if made.share is None else _number(made.share * 100),
        str(made.attempts_used),
        "" if counted is None else str(counted.submission_id),
        "" if counted is None else counted.sent_at.isoformat(timespec="seconds"),
        str(made.late_days),
        _number(made.lost * 100),
        "yes" if made.overridden else "no",
    ]


def _points(standing: Standing) -> str:
    return _number(standing.mark.points)


def _titled(title: str, of: float | None) -> str:
    return title if of is None else f"{title} (of {_number(of)})"


def _number(value: float | None) -> str:
    """With a decimal point, and as many decimals as Moodle keeps."""
    return "" if value is None else f"{round(value, 5):.10g}"
