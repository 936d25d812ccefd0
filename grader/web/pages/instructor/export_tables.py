"""Gradebooks as tables for spreadsheets, Moodle and Canvas."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.services.assignments.marks import StudentMark
from grader.services.gradebook.exports import GradebookExport, GradebookLine
from grader.web.pages.column_headings import CANVAS, MOODLE, SPREADSHEET, column_headings
from grader.web.pages.spreadsheets import PLAIN, Cell, CsvStyle, Identifier, number_text

ExportRow = list[Cell]
CANVAS_POINTS = "    Points Possible"
"""Identifies the second row, with or without the spaces that Canvas itself writes."""

MARK_HEAD = (
    *("points", "of", "percent", "attempts", "counted", "sent_at", "late_days", "lost_percent", "set_by_hand"),
    "state",
)


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A format of the gradebook; the first of `rows` is the heading; without a style a workbook, else CSV."""

    rows: Callable[[GradebookExport, Mapping[int, str]], Iterator[ExportRow]]
    style: CsvStyle | None = None


def _spreadsheet(book: GradebookExport, _ids: Mapping[int, str]) -> Iterator[ExportRow]:
    """Yield a column for each assignment; for a single one, everything that determines the mark."""
    if len(book.columns) == 1:
        yield ["name", "email", "student_number", *MARK_HEAD]
        for line in book.lines:
            yield [*_who(line), *_mark(line.standings[0])]
        return
    titles = column_headings([column.assignment for column in book.columns], SPREADSHEET, {})
    heads = [_titled(title.text, column.of) for title, column in zip(titles, book.columns, strict=True)]
    yield ["name", "email", "student_number", *heads]
    for line in book.lines:
        yield [*_who(line), *map(_points_or_state, line.standings)]


def _moodle(book: GradebookExport, _ids: Mapping[int, str]) -> Iterator[ExportRow]:
    """Moodle finds people by e-mail address or ID number, and maps columns named like a grade item to it."""
    titles = column_headings([column.assignment for column in book.columns], MOODLE, {})
    yield ["Email address", "ID number", "Full name", *(title.text for title in titles)]
    for line in book.lines:
        student = line.student
        yield [student.email, student.number or "", student.name, *map(_points, line.standings)]


def _canvas(book: GradebookExport, ids: Mapping[int, str]) -> Iterator[ExportRow]:
    """Canvas finds people by SIS User ID, then SIS Login ID, then name; assignments by its own id, then title."""
    titles = column_headings([column.assignment for column in book.columns], CANVAS, ids)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(title.text for title in titles)]
    yield [CANVAS_POINTS, "", "", "", "", *(column.of for column in book.columns)]
    for line in book.lines:
        student = line.student
        yield [student.name, "", student.number or "", student.email, "", *map(_points, line.standings)]


TABLES: Mapping[str, ExportTable] = MappingProxyType(
    {
        "xlsx": ExportTable(_spreadsheet),
        "csv": ExportTable(_spreadsheet, CsvStyle()),
        "moodle": ExportTable(_moodle, PLAIN),
        "canvas": ExportTable(_canvas, PLAIN),
    }
)


def _who(line: GradebookLine) -> ExportRow:
    return [line.student.name, line.student.email, Identifier(line.student.number or "")]


def _mark(standing: StudentMark) -> ExportRow:
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


def _state(standing: StudentMark) -> str:
    """Distinguish marks (including 0) from waiting, failed, unusable and missing work."""
    if standing.mark.points is not None:
        return "graded"
    if not standing.attempts:
        return "missing"
    if any(not one.failed for one in standing.attempts):
        return "waiting"
    return "unusable" if all(one.unusable for one in standing.attempts) else "failed"


def _points(standing: StudentMark) -> float | None:
    return standing.mark.points


def _points_or_state(standing: StudentMark) -> Cell:
    """Return points; in words if there are none although something was submitted."""
    state = _state(standing)
    return standing.mark.points if state in {"graded", "missing"} else state


def _titled(title: str, of: float | None) -> str:
    return title if of is None else f"{title} (of {number_text(of)})"
