"""Extensions at an assignment: a later due time, more attempts."""

from collections.abc import Mapping

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.services.assignments.assignments import find_assignment
from grader.services.assignments.extensions import (
    MOST_ATTEMPTS,
    Extension,
    extensions_at,
    grant_extension,
    revoke_extension,
)
from grader.services.courses.members import StudentPlace, members_of
from grader.services.courses.time_zones import shown
from grader.services.errors import UnusableAllowance
from grader.vocabulary import CourseRole
from grader.web.auth import instructor, membership
from grader.web.dependencies import web_services
from grader.web.pages.courses.policy_text import in_zone
from grader.web.pages.forms import FormInput


def allowances(assignment_id: int) -> Response:
    """Show all extensions, and the form; `?student=` fills in that student's."""
    wanted = request.args.get("student", type=int)
    with web_services().sessions() as session:
        zone = find_assignment(session, assignment_id).time_zone
        there = {one.user_id: one.grant for one in extensions_at(session, assignment_id)}
    grant = there.get(wanted or 0)
    if grant is None:
        return _page(assignment_id, {"student": str(wanted or "")}, {})
    texts = {"student": str(wanted), "due": shown(grant.due_at, zone), "reason": grant.reason}
    return _page(assignment_id, texts | {"attempts": str(grant.extra_attempts)}, {})


def give_allowance(assignment_id: int) -> Response:
    """Grant an extension."""
    services, typed = web_services(), FormInput(request.form)
    with services.sessions() as session:
        zone = find_assignment(session, assignment_id).time_zone
    at = StudentPlace(assignment_id, int(typed.whole("student", 1, 2**62) or 0))
    if not at.user_id:
        typed.problems["student"] = _("Choose a student.")
    due_at, attempts = typed.moment("due", zone), typed.whole("attempts", 0, MOST_ATTEMPTS)
    grant = Extension(due_at, attempts or 0, typed.text("reason", 500))
    if typed.problems:
        return _page(assignment_id, typed.form, typed.problems)
    try:
        grant_extension(services.sessions, instructor(), at, grant, services.clock())
    except UnusableAllowance as unusable:
        return _page(assignment_id, typed.form, {"due": _(unusable.detail)})
    return redirect(url_for("pages.allowances", assignment_id=assignment_id), 303)


def withdraw(assignment_id: int, user_id: int) -> Response:
    """Revoke an extension."""
    services = web_services()
    revoke_extension(services.sessions, instructor(), StudentPlace(assignment_id, user_id), services.clock())
    return redirect(url_for("pages.allowances", assignment_id=assignment_id), 303)


def _page(assignment_id: int, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    with web_services().sessions() as session:
        assignment = find_assignment(session, assignment_id)
        granted = extensions_at(session, assignment_id)
        members = members_of(session, assignment.course_id)
    students = [("", _("Choose a student"))]
    students += [(str(one.user_id), f"{one.name} ({one.email})") for one in members if one.role is CourseRole.STUDENT]
    body = render_template(
        "courses/extensions.html",
        assignment=assignment,
        granted=granted,
        students=students,
        say=in_zone(assignment.time_zone),
        form=form,
        problems=problems,
        membership=membership(),
    )
    return make_response(body, 422 if problems else 200)
