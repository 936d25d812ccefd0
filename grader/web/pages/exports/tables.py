"""Gradebooks as the tables that a spreadsheet, Moodle and Canvas read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.services.gradebook import Gradebook, Line
from grader.services.marks import Standing
from grader.web.pages.exports.headings import CANVAS, MOODLE, SPREADSHEET, headings
from grader.web.pages.spreadsheet import PLAIN, Cell, Identifier, Style, number

Row = list[Cell]
CANVAS_POINTS = "    Points Possible"
"""By this, with or without the spaces that Canvas itself writes, the second row is known."""

MARK_HEAD = (
    *("points", "of", "percent", "attempts", "counted", "sent_at", "late_days", "lost_percent", "set_by_hand"),
    "state",
)


@dataclass(frozen=True, slots=True)
class Table:
    """How a gradebook is written; of `rows` the first is the head; without a style as a workbook, else as CSV."""

    rows: Callable[[Gradebook, Mapping[int, str]], Iterator[Row]]
    style: Style | None = None


def _spreadsheet(book: Gradebook, _ids: Mapping[int, str]) -> Iterator[Row]:
    """A column for each assignment; of a single one all that made the mark."""
    if len(book.columns) == 1:
        yield ["name", "email", "student_number", *MARK_HEAD]
        for line in book.lines:
            yield [*_who(line), *_mark(line.standings[0])]
        return
    titles = headings([column.assignment for column in book.columns], SPREADSHEET, {})
    heads = [_titled(title.text, column.of) for title, column in zip(titles, book.columns, strict=True)]
    yield ["name", "email", "student_number", *heads]
    for line in book.lines:
        yield [*_who(line), *map(_points_or_state, line.standings)]


def _moodle(book: Gradebook, _ids: Mapping[int, str]) -> Iterator[Row]:
    """Who is meant is told by e-mail or ID number; a column whose head is the name of a grade item is mapped to it."""
    titles = headings([column.assignment for column in book.columns], MOODLE, {})
    yield ["Email address", "ID number", "Full name", *(title.text for title in titles)]
    for line in book.lines:
        student = line.student
        yield [student.email, student.number or "", student.name, *map(_points, line.standings)]


def _canvas(book: Gradebook, ids: Mapping[int, str]) -> Iterator[Row]:
    """Canvas finds a person by SIS User ID, then SIS Login ID, then name; an assignment by its own id, then title."""
    titles = headings([column.assignment for column in book.columns], CANVAS, ids)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(title.text for title in titles)]
    yield [CANVAS_POINTS, "", "", "", "", *(column.of for column in book.columns)]
    for line in book.lines:
        student = line.student
        yield [student.name, "", student.number or "", student.email, "", *map(_points, line.standings)]


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "xlsx": Table(_spreadsheet),
        "csv": Table(_spreadsheet, Style()),
        "moodle": Table(_moodle, PLAIN),
        "canvas": Table(_canvas, PLAIN),
    }
)


def _who(line: Line) -> Row:
    return [line.student.name, line.student.email, Identifier(line.student.number or "")]


def _mark(standing: Standing) -> Row:
    made = standing.mark
    counted = next((one for one in standing.attempts if one.submission_id == made.counted), None)
    return [
        made.points,
        made.of,
        None if made.share is None else made.share * 100,
        made.attempts_used,
        None if counted is None else str(counted.submission_id),
        None if counted is None else counted.sent_at.isoformat(timespec="seconds"),
        made.late_days,
        made.lost * 100,
        "yes" if made.overridden else "no",
        _state(standing),
    ]


def _state(standing: Standing) -> str:
    """Tell a mark (0 too) from work that waits, that we could not grade, whose file is unusable, or that is missing."""
    if standing.mark.points is not None:
        return "graded"
    if not standing.attempts:
        return "missing"
    if any(not one.failed for one in standing.attempts):
        return "waiting"
    return "unusable" if all(one.unusable for one in standing.attempts) else "failed"


def _points(standing: Standing) -> float | None:
    return standing.mark.points


def _points_or_state(standing: Standing) -> Cell:
    """Points; in words what has none though something was sent."""
    state = _state(standing)
    return standing.mark.points if state in {"graded", "missing"} else state


def _titled(title: str, of: float | None) -> str:
    return title if of is None else f"{title} (of {number(of)})"
