"""What those who teach do about one student: set the mark, allow more, write."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.checking.policy import Override
from grader.services.allow import MOST_ATTEMPTS, Grant, Whose, allow, withdraw_allowance
from grader.services.classwork import judged
from grader.services.errors import UnusableAllowance
from grader.services.messages import LONGEST, send_message
from grader.services.override import override_mark, revoke_override
from grader.services.students import At
from grader.web.auth import membership, person
from grader.web.errors import in_words
from grader.web.pages.courses.typed import Typed
from grader.web.pages.filters import mark
from grader.web.pages.instructor.assignment_student import Filled, student_page
from grader.web.pages.instructor.classroom import Classroom, classroom
from grader.web.wiring import web_services

LONGEST_REASON = 500


def set_mark(assignment_id: int, user_id: int) -> Response:
    """Set the mark in place of the computed one."""
    room, typed = classroom(assignment_id), Typed(request.form)
    of = _worth(room)
    points = typed.number("points", 0, of)
    if points is None:
        typed.problems["points"] = _("A number from 0 to %(most)s.", most=mark(of))
    reason = typed.text("mark_reason", LONGEST_REASON)
    if typed.problems or points is None:
        return student_page(room, user_id, Filled(request.form, typed.problems))
    services, wanted = web_services(), Override(points / of if of else 0.0, reason)
    override_mark(services.sessions, person(), At(assignment_id, user_id), wanted, services.clock())
    return _back(assignment_id, user_id, "mark")


def restore_mark(assignment_id: int, user_id: int) -> Response:
    """Let the computed mark count again."""
    services = web_services()
    revoke_override(services.sessions, person(), At(assignment_id, user_id), services.clock())
    return _back(assignment_id, user_id, "mark")


def allow_student(assignment_id: int, user_id: int) -> Response:
    """Give the student a later due time, further attempts, or both."""
    room, typed = classroom(assignment_id), Typed(request.form)
    due_at = typed.moment("due_at", room.assignment.time_zone)
    extra = typed.whole("extra_attempts", 0, MOST_ATTEMPTS) or 0
    reason = typed.text("allowance_reason", LONGEST_REASON)
    wanted = Grant(due_at, extra, reason)
    try:
        if not typed.problems:
            services = web_services()
            allow(services.sessions, room.membership, Whose(assignment_id, user_id), wanted, services.clock())
    except UnusableAllowance as unusable:
        typed.problems["due_at"] = in_words(unusable.detail)
    if typed.problems:
        return student_page(room, user_id, Filled(request.form, typed.problems))
    return _back(assignment_id, user_id, "allowance")


def allow_no_more(assignment_id: int, user_id: int) -> Response:
    """Let hold what holds for all."""
    services = web_services()
    withdraw_allowance(services.sessions, membership(), Whose(assignment_id, user_id), services.clock())
    return _back(assignment_id, user_id, "allowance")


def write_to_student(assignment_id: int, user_id: int) -> Response:
    """Send a message."""
    text = request.form.get("text", "").strip()
    if not text or len(text) > LONGEST:
        problems = {"text": _("Between 1 and %(most)s characters; these are %(there)s.", most=LONGEST, there=len(text))}
        return student_page(classroom(assignment_id), user_id, Filled(request.form, problems))
    services = web_services()
    send_message(services.sessions, person(), At(assignment_id, user_id), text, services.clock())
    return _back(assignment_id, user_id, "messages")


def _worth(room: Classroom) -> float:
    points = room.assignment.policy.points
    return judged(room.assignment, room.published).max_points if points is None else points


def _back(assignment_id: int, user_id: int, anchor: str) -> Response:
    page = url_for("pages.assignment_student", assignment_id=assignment_id, user_id=user_id, _anchor=anchor)
    return redirect(page, 303)
