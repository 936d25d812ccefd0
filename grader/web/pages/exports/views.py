"""The addresses at which files are fetched."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flask import Response, abort, render_template, request, stream_with_context
from flask_babel import gettext as _

from grader.services.archive import course_archive
from grader.services.assignment import Assignment, assignments_of, find_assignment
from grader.services.gradebook import gradebook
from grader.web.auth import membership
from grader.web.pages.exports.heading_words import renamed
from grader.web.pages.exports.tables import TABLES
from grader.web.pages.spreadsheet import Style, lines
from grader.web.pages.workbook import MIMETYPE, workbook
from grader.web.problem import ProblemError
from grader.web.wiring import web_services

MOST_DIGITS = 18


def exports(course_id: int) -> str:
    """Show what can be fetched; all that there is, with the log, is for those who give the course."""
    with web_services().sessions() as session:
        found = assignments_of(session, course_id)
    return render_template(
        "exports.html",
        course_id=course_id,
        assignments=found,
        may_edit=membership().may_edit,
        renamed=renamed(found),
    )


def export_course(course_id: int, kind: str) -> Response:
    """Give the marks of a course as a file, or everything about it as JSON."""
    with web_services().sessions() as session:
        return _file(f"course-{course_id}", kind, assignments_of(session, course_id))


def export_assignment(assignment_id: int, kind: str) -> Response:
    """Give the same of one assignment."""
    with web_services().sessions() as session:
        return _file(f"assignment-{assignment_id}", kind, (find_assignment(session, assignment_id),))


def _file(name: str, kind: str, wanted: tuple[Assignment, ...]) -> Response:
    if kind == "json":
        membership().require_instructor()
        return _download(_archived(wanted), f"{name}.json", "application/json")
    if kind not in TABLES:
        abort(404)
    table, services = TABLES[kind], web_services()
    with services.sessions() as session:
        book = gradebook(session, services.catalog, membership().course_id, wanted)
    rows = table.rows(book, _canvas_ids(request.args))
    if table.style is None:
        return _download(workbook(rows), f"{name}.xlsx", MIMETYPE)
    return _download(lines(rows, _style(table.style)), f"{name}-{kind}.csv", "text/csv")


def _style(style: Style) -> Style:
    """How a table is written; what people look at may have decimal commas, what programs import may not."""
    return replace(style, comma=style.for_eyes and request.args.get("decimal") == "comma")


def _archived(wanted: tuple[Assignment, ...]) -> Iterator[str]:
    services = web_services()
    with services.sessions() as session:
        ids = [one.id for one in wanted]
        yield from course_archive(session, membership().course_id, ids, services.clock())


def _canvas_ids(args: Mapping[str, str]) -> dict[int, str]:
    """Canvas' own numbers of assignments, where they were told: `canvas.12=4314282`.

    Raises:
        ProblemError: two assignments have the same one, so that one's marks would replace the other's.
    """
    told = {name.partition(".")[2]: number.strip() for name, number in args.items() if name.startswith("canvas.")}
    ids = {int(ours): theirs for ours, theirs in told.items() if _is_number(ours) and _is_number(theirs)}
    number, times = Counter(ids.values()).most_common(1)[0] if ids else ("", 0)
    if times > 1:
        raise ProblemError("invalid", _("More than one assignment has the number %(number)s in Canvas.", number=number))
    return ids


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _download(content: Iterable[str] | bytes, name: str, mimetype: str) -> Response:
    body = content if isinstance(content, bytes) else stream_with_context(iter(content))
    response = Response(body, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response
