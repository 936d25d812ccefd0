"""The gradebook of a course: as a table that can be sorted, searched and filtered, and as files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from grader.services.assignments.assignments import CourseAssignment, assignments_of, find_assignment
from grader.services.courses.courses import find_course
from grader.services.gradebook.exports import course_archive, gradebook_export
from grader.services.gradebook.gradebook import (
    KEYS,
    Gradebook,
    GradebookFilter,
    GradebookOrder,
    filtered_rows,
    gradebook_of,
)
from grader.web.auth import membership
from grader.web.dependencies import web_services
from grader.web.pages.column_headings import renamed_columns
from grader.web.pages.instructor.export_tables import TABLES
from grader.web.pages.spreadsheets import WORKBOOK_MIMETYPE, CsvStyle, csv_lines, workbook
from grader.web.problem import ProblemError

PAGE = 100
LONGEST_SEARCHED = 100
FILTERS = (
    (GradebookFilter.ALL, lazy_gettext("all students")),
    (GradebookFilter.MISSING, lazy_gettext("something is overdue")),
    (GradebookFilter.LATE, lazy_gettext("submitted late")),
    (GradebookFilter.WAITING, lazy_gettext("not graded yet")),
    (GradebookFilter.BY_HAND, lazy_gettext("overridden or regraded")),
)


@dataclass(frozen=True, slots=True)
class GradebookQuery:
    """The query of the page; `column` is the assignment to sort by."""

    words: str
    shown: GradebookFilter
    column: str
    descending: bool
    page: int

    def address(self, course_id: int, **changed: Any) -> str:
        """Return the URL of the same page with changes."""
        asked = {
            "q": self.words or None,
            "show": None if self.shown is GradebookFilter.ALL else self.shown.value,
            "sort": None if self.column == "name" else self.column,
            "desc": 1 if self.descending else None,
            "page": self.page if self.page > 1 else None,
        }
        return url_for("pages.course_grid", course_id=course_id, **asked | changed)

    def sorting(self, course_id: int, column: str) -> str:
        """Return the URL that sorts by a column; for the current one, in the opposite direction.

        Marks begin with the highest, names with the first.
        """
        down = not self.descending if column == self.column else column not in {"name", "number"}
        return self.address(course_id, sort=column, desc=1 if down else None, page=None)


def course_grid(course_id: int) -> str:
    """Show the gradebook, one page of students at a time."""
    services, asked = web_services(), _gradebook_query()
    with services.reading_classes() as session:
        course = find_course(session, course_id)
        grid = gradebook_of(session, course_id, services.catalog, services.clock(), services.marks)
    found = filtered_rows(grid.rows, asked.words, asked.shown, _order(grid, asked))
    some = found[(asked.page - 1) * PAGE : asked.page * PAGE]
    if asked.page > 1 and not some:
        abort(404)
    return render_template(
        "instructor/gradebook.html",
        course=course,
        membership=membership(),
        grid=grid,
        asked=asked,
        rows=some,
        found=len(found),
        first=(asked.page - 1) * PAGE + 1,
        newer=asked.address(course_id, page=asked.page - 1 if asked.page > 2 else None) if asked.page > 1 else None,  # noqa: PLR2004 - the first page needs no number
        older=asked.address(course_id, page=asked.page + 1) if len(found) > asked.page * PAGE else None,
        filters=FILTERS,
    )


def _gradebook_query() -> GradebookQuery:
    args = request.args
    shown = args.get("show", GradebookFilter.ALL)
    page = args.get("page", 1, int)
    return GradebookQuery(
        words=" ".join(args.get("q", "").split())[:LONGEST_SEARCHED],
        shown=GradebookFilter(shown) if shown in set(GradebookFilter) else GradebookFilter.ALL,
        column=args.get("sort", "name"),
        descending="desc" in args,
        page=page if page >= 1 else abort(404),
    )


def _order(grid: Gradebook, asked: GradebookQuery) -> GradebookOrder:
    """Return the order; columns are identified by assignment ids, which stay when others come and go."""
    places = {str(one.id): str(place) for place, one in enumerate(grid.assignments)}
    by = asked.column if asked.column in KEYS else places.get(asked.column, "name")
    return GradebookOrder(by, asked.descending)


MOST_DIGITS = 18


def exports(course_id: int) -> str:
    """Show the available files; the complete archive is for instructors only."""
    with web_services().sessions() as session:
        found = assignments_of(session, course_id)
    return render_template(
        "instructor/exports.html",
        course_id=course_id,
        assignments=found,
        may_edit=membership().may_edit,
        renamed=renamed_columns(found),
    )


def export_course(course_id: int, kind: str) -> Response:
    """Return the marks of a course as a file, or its archive as JSON."""
    with web_services().sessions() as session:
        return _file(f"course-{course_id}", kind, assignments_of(session, course_id))


def export_assignment(assignment_id: int, kind: str) -> Response:
    """Return the same for one assignment."""
    with web_services().sessions() as session:
        return _file(f"assignment-{assignment_id}", kind, (find_assignment(session, assignment_id),))


def _file(name: str, kind: str, wanted: tuple[CourseAssignment, ...]) -> Response:
    if kind == "json":
        membership().require_instructor()
        return _download(_archived(wanted), f"{name}.json", "application/json")
    if kind not in TABLES:
        abort(404)
    table, services = TABLES[kind], web_services()
    with services.reading_classes() as session:
        book = gradebook_export(session, services.catalog, membership().course_id, wanted)
    rows = table.rows(book, _canvas_ids(request.args))
    if table.style is None:
        return _download(workbook(rows), f"{name}.xlsx", WORKBOOK_MIMETYPE)
    return _download(csv_lines(rows, _style(table.style)), f"{name}-{kind}.csv", "text/csv")


def _style(style: CsvStyle) -> CsvStyle:
    """Return how a table is written; only files for people may have decimal commas, not those for import."""
    return replace(style, comma=style.for_eyes and request.args.get("decimal") == "comma")


def _archived(wanted: tuple[CourseAssignment, ...]) -> Iterator[str]:
    services = web_services()
    with services.reading_classes() as session:
        ids = [one.id for one in wanted]
        yield from course_archive(session, membership().course_id, ids, services.clock())


def _canvas_ids(args: Mapping[str, str]) -> dict[int, str]:
    """Return Canvas' own ids of assignments, given as `canvas.12=4314282`.

    Raises:
        ProblemError: two assignments have the same id, so one's marks would replace the other's.
    """
    told = {name.partition(".")[2]: number.strip() for name, number in args.items() if name.startswith("canvas.")}
    ids = {int(ours): theirs for ours, theirs in told.items() if _is_number(ours) and _is_number(theirs)}
    number, times = Counter(ids.values()).most_common(1)[0] if ids else ("", 0)
    if times > 1:
        raise ProblemError(
            "invalid", _("Assignment number %(number)s in Canvas is used by more than one assignment.", number=number)
        )
    return ids


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _download(content: Iterable[str] | bytes, name: str, mimetype: str) -> Response:
    body = content if isinstance(content, bytes) else stream_with_context(iter(content))
    response = Response(body, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response
