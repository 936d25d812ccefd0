"""Students and assignments of a course as a table that can be sorted, searched and narrowed down."""

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import lazy_gettext as _

from grader.services.grid import Grid, grid_of
from grader.services.gridding import KEYS, Order, Shown, chosen
from grader.store.courses import Course
from grader.web.auth import membership
from grader.web.wiring import web_services

PAGE = 100
LONGEST = 100
FILTERS = (
    (Shown.ALL, _("all students")),
    (Shown.MISSING, _("something due is missing")),
    (Shown.LATE, _("sent late")),
    (Shown.WAITING, _("not graded yet")),
    (Shown.BY_HAND, _("set by hand or regraded")),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `column` is the assignment that is sorted by."""

    words: str
    shown: Shown
    column: str
    descending: bool
    page: int

    def address(self, course_id: int, **changed: Any) -> str:
        """The same page with something changed."""
        asked = {
            "q": self.words or None,
            "show": None if self.shown is Shown.ALL else self.shown.value,
            "sort": None if self.column == "name" else self.column,
            "desc": 1 if self.descending else None,
            "page": self.page if self.page > 1 else None,
        }
        return url_for("pages.course_grid", course_id=course_id, **asked | changed)

    def sorting(self, course_id: int, column: str) -> str:
        """The address that sorts by a column; by the one that it is sorted by already, the other way round.

        Marks begin with the highest, names with the first.
        """
        down = not self.descending if column == self.column else column not in {"name", "number"}
        return self.address(course_id, sort=column, desc=1 if down else None, page=None)


def course_grid(course_id: int) -> str:
    """Show it, a page of students at a time."""
    services, asked = web_services(), _asked()
    with services.sessions() as session:
        course = session.get_one(Course, course_id)
        grid = grid_of(session, course_id, services.catalog, services.clock(), services.marks)
    found = chosen(grid.rows, asked.words, asked.shown, _order(grid, asked))
    some = found[(asked.page - 1) * PAGE : asked.page * PAGE]
    if asked.page > 1 and not some:
        abort(404)
    return render_template(
        "instructor/course_grid.html",
        course=course,
        membership=membership(),
        grid=grid,
        asked=asked,
        rows=some,
        found=len(found),
        first=(asked.page - 1) * PAGE + 1,
        newer=asked.address(course_id, page=asked.page - 1 if asked.page > 2 else None) if asked.page > 1 else None,  # noqa: PLR2004 - the first needs no number
        older=asked.address(course_id, page=asked.page + 1) if len(found) > asked.page * PAGE else None,
        filters=FILTERS,
    )


def _asked() -> Asked:
    args = request.args
    shown = args.get("show", Shown.ALL)
    page = args.get("page", 1, int)
    return Asked(
        words=" ".join(args.get("q", "").split())[:LONGEST],
        shown=Shown(shown) if shown in set(Shown) else Shown.ALL,
        column=args.get("sort", "name"),
        descending="desc" in args,
        page=page if page >= 1 else abort(404),
    )


def _order(grid: Grid, asked: Asked) -> Order:
    """Columns of assignments are named by their ids, which stay when others come and go."""
    places = {str(one.id): str(place) for place, one in enumerate(grid.assignments)}
    by = asked.column if asked.column in KEYS else places.get(asked.column, "name")
    return Order(by, asked.descending)
