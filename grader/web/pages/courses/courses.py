"""Courses: the home page, the list, joining, a course's own page, creating and changing one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from grader.judging.policy import Open, Terms, state
from grader.services.assignments.assignments import CourseAssignment, archived_assignments_in, assignments_of
from grader.services.courses.alerts import course_alerts, senders
from grader.services.courses.courses import (
    CourseCard,
    CourseDetail,
    CourseSettings,
    courses_of,
    drop_join_code,
    find_course,
    renew_join_code,
    shown_join_code,
)
from grader.services.courses.courses import archive_course as archive
from grader.services.courses.courses import change_course as store_settings
from grader.services.courses.courses import create_course as add_course
from grader.services.courses.courses import join_course as join
from grader.services.courses.courses import restore_course as restore
from grader.services.courses.time_zones import is_zone, zones
from grader.services.errors import UnknownJoinCode
from grader.services.student.messages import mark_as_read, regrade_notices, unread_messages
from grader.services.student.todo import agenda, progress_of, todo_items
from grader.vocabulary import CourseRole
from grader.web.auth import instructor, membership, person
from grader.web.dependencies import web_services
from grader.web.limits import caller_address, limiter
from grader.web.pages.courses.assignment_form import max_points_at
from grader.web.pages.courses.policy_text import in_zone
from grader.web.pages.forms import FormInput


def home() -> str:
    """Show the home page."""
    services, who = web_services(), person()
    now = services.clock()
    with services.sessions() as session:
        cards = [card for card in courses_of(session, who) if not card.archived]
        taught = [card for card in cards if card.role is not CourseRole.STUDENT]
        needs = course_alerts(session, [card.id for card in taught], now) if taught else {}
        tasks = agenda(session, who.id, max_points_at, now) if len(taught) < len(cards) else ()
        words, again = unread_messages(session, who.id), regrade_notices(session, who.id, now)
    return render_template(
        "courses/home.html",
        attends=_attends(cards),
        taught=[(card, needs[card.id]) for card in taught],
        to_do=[task for task in tasks if task.can_send],
        later=[task for task in tasks if task.state is Open.NOT_YET],
        over=[task for task in tasks if not task.can_send and task.state is not Open.NOT_YET],
        progress={one.course_id: one for one in progress_of(tasks)},
        words=words,
        again=again,
    )


def put_message_away(message_id: int) -> Response:
    """Mark a message as read."""
    services = web_services()
    mark_as_read(services.sessions, person(), message_id, services.clock())
    return redirect(url_for("pages.home"), 303)


def _attends(cards: list[CourseCard]) -> list[CourseCard]:
    return [card for card in cards if card.role is CourseRole.STUDENT]


def courses() -> str:
    """Show the person's courses, archived ones separately; administrators see all."""
    with web_services().sessions() as session:
        cards = courses_of(session, person(), everybodys=True)
    return render_template(
        "courses/list.html",
        running=[card for card in cards if not card.archived],
        archived=[card for card in cards if card.archived],
    )


UNKNOWN_CODE = 404


def joining() -> str:
    """Show the form, filled in by a link: `?code=ABCD-EFGH`."""
    return render_template("courses/join.html", code=request.args.get("code", ""), problem=None)


def join_course() -> Response:
    """Join a course and redirect to it."""
    services, typed = web_services(), request.form.get("code", "")
    try:
        course_id = join(services.sessions, person(), typed, services.clock())
    except UnknownJoinCode as unknown:
        return make_response(render_template("courses/join.html", code=typed, problem=_(unknown.detail)), UNKNOWN_CODE)
    return redirect(url_for("pages.course", course_id=course_id), 303)


def _guesser() -> str:
    return str(person().id)


def _too_many() -> str:
    return _("Too many unknown codes. Check the code with your instructor, and try again in ten minutes.")


def _is_unknown_code(response: Response) -> bool:
    return response.status_code == UNKNOWN_CODE


# Only failures count: a whole class joins from one address. At 200 guesses in ten minutes, one of 31^8 codes would be
# found in about eighty thousand years.
for scope, amount, key in (
    ("join-person", "10 per 10 minutes", _guesser),
    ("join-address", "200 per 10 minutes", caller_address),
):
    join_course = limiter.shared_limit(
        amount, scope, key_func=key, deduct_when=_is_unknown_code, error_message=_too_many
    )(join_course)


def course(course_id: int) -> str:
    """Show a course: to staff with pending work, to students with their results."""
    with web_services().sessions() as session:
        kept = find_course(session, course_id)
        return _for_staff(session, kept) if membership().is_staff else _for_student(session, kept)


def _for_staff(session: Session, kept: CourseDetail) -> str:
    now = web_services().clock()
    assignments = assignments_of(session, kept.id)
    return render_template(
        "courses/staff.html",
        course=kept,
        code=kept.join_code and shown_join_code(kept.join_code),
        assignments=assignments,
        archived=archived_assignments_in(session, kept.id),
        needs=course_alerts(session, [kept.id], now)[kept.id],
        states={one.id: _state(one, now) for one in assignments},
        sent=senders(session, kept.id),
        say=in_zone(kept.time_zone),
        membership=membership(),
    )


def _for_student(session: Session, kept: CourseDetail) -> str:
    found = todo_items(session, assignments_of(session, kept.id), person().id, max_points_at, web_services().clock())
    return render_template(
        "courses/student.html",
        course=kept,
        tasks=found,
        progress=next(iter(progress_of(found)), None),
    )


def _state(assignment: CourseAssignment, now: datetime) -> Open:
    """Return the state of an assignment for a student without extensions."""
    if assignment.archived:
        return Open.CLOSED
    return state(Terms(assignment.policy, assignment.opens_at, assignment.due_at), 0, now)


def new_course() -> Response:
    """Show the form."""
    return _new_course_page({"title": "", "time_zone": person().time_zone or "UTC"}, {})


def create_course() -> Response:
    """Create a course and redirect to it."""
    typed = FormInput(request.form)
    wanted = course_settings_of(typed)
    if typed.problems:
        return _new_course_page(typed.form, typed.problems)
    services = web_services()
    course_id = add_course(services.sessions, person(), wanted, services.clock())
    return redirect(url_for("pages.course", course_id=course_id), 303)


def course_settings_of(typed: FormInput) -> CourseSettings:
    """Return the settings in a form."""
    zone = typed.form.get("time_zone", "")
    if not is_zone(zone):
        typed.problems["time_zone"] = _("Choose one of the options.")
    return CourseSettings(typed.text("title"), zone)


def _new_course_page(form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    body = render_template("courses/new.html", form=form, problems=problems, zones=zones())
    return make_response(body, 422 if problems else 200)


def course_settings(course_id: int) -> Response:
    """Show the settings."""
    return _settings_page(course_id, None, {})


def change_course(course_id: int) -> Response:
    """Change title and time zone."""
    typed = FormInput(request.form)
    wanted = course_settings_of(typed)
    if typed.problems:
        return _settings_page(course_id, typed.form, typed.problems)
    services = web_services()
    store_settings(services.sessions, instructor(), wanted, services.clock())
    return _back_to_settings(course_id)


def renew_code(course_id: int) -> Response:
    """Replace the join code; the old one stops working."""
    return _change(renew_join_code, course_id)


def drop_code(course_id: int) -> Response:
    """Disable the join code."""
    return _change(drop_join_code, course_id)


def archive_course(course_id: int) -> Response:
    """Archive the course."""
    return _change(archive, course_id)


def restore_course(course_id: int) -> Response:
    """Restore the course."""
    return _change(restore, course_id)


def _change(change: Callable[..., None], course_id: int) -> Response:
    services = web_services()
    change(services.sessions, instructor(), services.clock())
    return _back_to_settings(course_id)


def _back_to_settings(course_id: int) -> Response:
    return redirect(url_for("pages.course_settings", course_id=course_id), 303)


def _settings_page(course_id: int, form: Mapping[str, Any] | None, problems: Mapping[str, str]) -> Response:
    with web_services().sessions() as session:
        kept = find_course(session, course_id)
    body = render_template(
        "courses/settings.html",
        course=kept,
        code=kept.join_code and shown_join_code(kept.join_code),
        form={"title": kept.title, "time_zone": kept.time_zone} if form is None else form,
        problems=problems,
        zones=zones(),
    )
    return make_response(body, 422 if problems else 200)
