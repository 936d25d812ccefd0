"""An assignment as those who teach its course see it: how far the class is, and where it goes wrong."""

from functools import partial

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.services.analyse import labels_of
from grader.services.analysis.selection import Ungraded
from grader.services.analysis.work import Which
from grader.web.language import language
from grader.web.pages.assets import digest
from grader.web.pages.instructor.behind import behind
from grader.web.pages.instructor.charts import marks_chart, time_chart, tries_chart
from grader.web.pages.instructor.classroom import Classroom, classroom
from grader.web.pages.instructor.field_rows import field_rows
from grader.web.pages.instructor.wrong_rows import group_rows, mistake_rows
from grader.web.pages.verdicts import BADGES
from grader.web.wiring import web_services

MINUTES = 10
"""How long the mark of the time that it is may stand still."""


def assignment_dashboard(assignment_id: int) -> Response:
    """Show it; whoever asks again is told by the ETag that nothing is new, before anything is read."""
    room = classroom(assignment_id)
    which = Which.FIRST if request.args.get("of") == Which.FIRST else Which.COUNTED
    now = web_services().clock()
    response = Response(status=304)
    tag = f"{room.version}-{which}-{language()}-{digest()}-{int(now.timestamp()) // (60 * MINUTES)}"
    if tag not in request.if_none_match:
        response = make_response(_page(room, which))
    response.set_etag(tag)
    return response


def _page(room: Classroom, which: Which) -> str:
    now = web_services().clock()
    seen = room.analysis(which)
    labels = labels_of(room.read())
    address = partial(behind, room.assignment.id)
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
        views={one.value: _view(room, one) for one in Which},
        words=tuple(BADGES.values()),
        marks=marks_chart(seen.bins, address),
        times=time_chart(seen.spans, now, room.assignment.due_at, address),
        tries=tries_chart(seen.tries, address),
        fields=field_rows(seen.fields, which, address),
        mistakes=mistake_rows(seen.mistakes, labels, address),
        groups=group_rows(seen.groups, labels, most, room.assignment.id),
    )


def _view(room: Classroom, which: Which) -> str:
    chosen = None if which is Which.COUNTED else which.value
    return url_for("pages.assignment_dashboard", assignment_id=room.assignment.id, of=chosen)
