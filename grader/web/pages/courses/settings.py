"""A course's settings: what it is called, how it is joined, putting it away."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.services import course
from grader.services.join_code import shown_join_code
from grader.services.wall_clock import zones
from grader.store.courses import Course
from grader.web.auth import person
from grader.web.pages.courses.making import course_settings_of
from grader.web.pages.courses.typed import Typed
from grader.web.wiring import web_services


def course_settings(course_id: int) -> Response:
    """Show them."""
    return _page(course_id, None, {})


def change_course(course_id: int) -> Response:
    """Change title and time zone."""
    typed = Typed(request.form)
    wanted = course_settings_of(typed)
    if typed.problems:
        return _page(course_id, typed.form, typed.problems)
    services = web_services()
    course.change_course(services.sessions, person(), course_id, wanted, services.clock())
    return _back(course_id)


def renew_code(course_id: int) -> Response:
    """Make another code; the former one opens nothing any more."""
    return _do(course.renew_join_code, course_id)


def drop_code(course_id: int) -> Response:
    """Switch joining by code off."""
    return _do(course.drop_join_code, course_id)


def archive_course(course_id: int) -> Response:
    """Put the course away."""
    return _do(course.archive_course, course_id)


def restore_course(course_id: int) -> Response:
    """Take the course out of the archive."""
    return _do(course.restore_course, course_id)


def _do(change: Callable[..., None], course_id: int) -> Response:
    services = web_services()
    change(services.sessions, person(), course_id, services.clock())
    return _back(course_id)


def _back(course_id: int) -> Response:
    return redirect(url_for("pages.course_settings", course_id=course_id), 303)


def _page(course_id: int, form: Mapping[str, Any] | None, problems: Mapping[str, str]) -> Response:
    with web_services().sessions() as session:
        kept = session.get_one(Course, course_id)
    body = render_template(
        "courses/settings.html",
        course=kept,
        code=kept.join_code and shown_join_code(kept.join_code),
        form={"title": kept.title, "time_zone": kept.time_zone} if form is None else form,
        problems=problems,
        zones=zones(),
    )
    return make_response(body, 422 if problems else 200)
