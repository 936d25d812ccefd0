"""Joining a course by its code."""

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.services.errors import UnknownJoinCode
from grader.services.join import join
from grader.web.auth import person
from grader.web.limits import address, limiter
from grader.web.wiring import web_services

UNKNOWN = 404


def joining() -> str:
    """Show the form, filled in by a link that somebody was sent: `?code=ABCD-EFGH`."""
    return render_template("courses/join.html", code=request.args.get("code", ""), problem=None)


def join_course() -> Response:
    """Join, and go to the course."""
    services, typed = web_services(), request.form.get("code", "")
    try:
        course_id = join(services.sessions, person(), typed, services.clock())
    except UnknownJoinCode as unknown:
        return make_response(render_template("courses/join.html", code=typed, problem=_(unknown.detail)), UNKNOWN)
    return redirect(url_for("pages.course", course_id=course_id), 303)


def _guesser() -> str:
    return str(person().id)


def _too_many() -> str:
    return _("Too many codes that no course has. Ask for the code, wait ten minutes, and type it once.")


def _failed(response: Response) -> bool:
    return response.status_code == UNKNOWN


# Only failures count: a whole class joins from one address. At 200 guesses in ten minutes one of 31^8 codes would be
# found in about eighty thousand years.
for scope, amount, key in (
    ("join-person", "10 per 10 minutes", _guesser),
    ("join-address", "200 per 10 minutes", address),
):
    join_course = limiter.shared_limit(amount, scope, key_func=key, deduct_when=_failed, error_message=_too_many)(
        join_course
    )
