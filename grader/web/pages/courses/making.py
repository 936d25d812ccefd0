"""Making a course."""

from collections.abc import Mapping

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.services import course
from grader.services.course import CourseSettings
from grader.services.wall_clock import is_zone, zones
from grader.web.auth import person
from grader.web.pages.courses.typed import Typed
from grader.web.wiring import web_services


def new_course() -> Response:
    """Show the form."""
    return _page({"title": "", "time_zone": person().time_zone or "UTC"}, {})


def create_course() -> Response:
    """Make the course and go to it."""
    typed = Typed(request.form)
    wanted = course_settings_of(typed)
    if typed.problems:
        return _page(typed.form, typed.problems)
    services = web_services()
    course_id = course.create_course(services.sessions, person(), wanted, services.clock())
    return redirect(url_for("pages.course", course_id=course_id), 303)


def course_settings_of(typed: Typed) -> CourseSettings:
    """What a form says of a course."""
    zone = typed.form.get("time_zone", "")
    if not is_zone(zone):
        typed.problems["time_zone"] = _("Choose one of these.")
    return CourseSettings(typed.text("title"), zone)


def _page(form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    body = render_template("courses/new.html", form=form, problems=problems, zones=zones())
    return make_response(body, 422 if problems else 200)
