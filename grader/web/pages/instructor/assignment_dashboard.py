"""The dashboard of an assignment: progress of the class, and where it goes wrong."""

from dataclasses import dataclass
from functools import partial

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.analytics.filters import Ungraded
from grader.analytics.records import WhichAttempt
from grader.catalog.load import LoadedExercise
from grader.services.assignments.assignments import CourseAssignment, find_assignment
from grader.services.courses.membership import Membership
from grader.services.gradebook.class_data import (
    Analysis,
    ClassData,
    analyse_class,
    class_version,
    labels_of,
    read_class,
)
from grader.services.grading.context import Revisions
from grader.web.auth import membership
from grader.web.dependencies import web_services
from grader.web.i18n import language
from grader.web.pages.formatting import BADGES
from grader.web.pages.instructor.charts import attempts_chart, marks_chart, time_chart
from grader.web.pages.instructor.dashboard_rows import field_rows, group_rows, mistake_rows
from grader.web.pages.instructor.drilldown import drilldown_url
from grader.web.pages.layout import assets_version


@dataclass(frozen=True, slots=True)
class Classroom:
    """An assignment for its staff; `version` changes with anything that they see."""

    assignment: CourseAssignment
    membership: Membership
    published: LoadedExercise
    version: str

    def read(self) -> ClassData:
        """Return all submissions of the class."""
        kept = web_services().classes.find(self.assignment.id)
        if kept is not None and kept.reading.version == self.version:
            return kept
        return web_services().classes.keep(self.assignment.id, self._read(kept))

    def analysis(self, which: WhichAttempt) -> Analysis:
        """Return the figures."""
        return web_services().analyses.get((self.version, which), lambda: analyse_class(self.read(), which))

    def _read(self, before: ClassData | None) -> ClassData:
        services = web_services()
        with services.reading_classes() as session:
            revisions = Revisions(services.catalog, services.sessions)
            return read_class(session, (self.assignment, self.published), revisions, self.version, before)


def classroom(assignment_id: int) -> Classroom:
    """Return an assignment, on a page that the guard opened for its staff."""
    services = web_services()
    with services.sessions() as session:
        assignment = find_assignment(session, assignment_id)
        published = services.catalog.find(assignment.slug)
        with services.reading_classes(session) as reading:  # the version of what is read there
            version = class_version(reading, assignment, published)
    return Classroom(assignment, membership(), published, version)


MINUTES = 10
"""How long the mark of the current time may stay in place."""


def assignment_dashboard(assignment_id: int) -> Response:
    """Show the dashboard; polling is answered from the ETag before anything is read."""
    room = classroom(assignment_id)
    which = WhichAttempt.FIRST if request.args.get("of") == WhichAttempt.FIRST else WhichAttempt.COUNTED
    now = web_services().clock()
    response = Response(status=304)
    tag = f"{room.version}-{which}-{language()}-{assets_version()}-{int(now.timestamp()) // (60 * MINUTES)}"
    if tag not in request.if_none_match:
        response = make_response(_page(room, which))
    response.set_etag(tag)
    return response


def _page(room: Classroom, which: WhichAttempt) -> str:
    now = web_services().clock()
    seen = room.analysis(which)
    labels = labels_of(room.read())
    address = partial(drilldown_url, room.assignment.id)
    most = seen.mistakes[0].students if seen.mistakes else seen.groups[0].students if seen.groups else 1
    return render_template(
        "instructor/assignment_dashboard.html",
        room=room,
        assignment=room.assignment,
        seen=seen,
        which=which,
        now=now,
        own_values=room.assignment.policy.variants and room.published.exercise.vary is not None,
        exports=url_for("pages.exports", course_id=room.assignment.course_id),
        lists={
            "all": address(None),
            "waiting": address(Ungraded(failed=False)),
            "failed": address(Ungraded(failed=True)),
        },
        views={one.value: _view(room, one) for one in WhichAttempt},
        words=tuple(BADGES.values()),
        marks=marks_chart(seen.bins, address),
        times=time_chart(seen.spans, now, room.assignment.due_at, address),
        tries=attempts_chart(seen.tries, address),
        fields=field_rows(seen.fields, which, address),
        mistakes=mistake_rows(seen.mistakes, labels, address),
        groups=group_rows(seen.groups, labels, most, room.assignment.id),
    )


def _view(room: Classroom, which: WhichAttempt) -> str:
    chosen = None if which is WhichAttempt.COUNTED else which.value
    return url_for("pages.assignment_dashboard", assignment_id=room.assignment.id, of=chosen)
