"""One student at one assignment: attempts, the mark, extensions, messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from grader.judging.policy import EVERYTHING, Override
from grader.services.assignments.assignments import exercise_at
from grader.services.assignments.extensions import (
    MOST_ATTEMPTS,
    Extension,
    GrantedExtension,
    extensions_at,
    grant_extension,
    revoke_extension,
)
from grader.services.assignments.marks import (
    Overridden,
    StudentMark,
    mark_of,
    override_mark,
    overrides_of,
    revoke_override,
)
from grader.services.courses.members import Student, StudentPlace, find_student
from grader.services.courses.time_zones import shown
from grader.services.errors import UnusableAllowance
from grader.services.regrading.comparison import RegradedMark, regrades_of_mark
from grader.services.student.messages import LONGEST, SentMessage, messages_of, send_message
from grader.services.submissions.drafts import at_assignment, find_draft
from grader.services.submissions.queries import AttemptDetail, attempts_of
from grader.vocabulary import SubmissionFilter
from grader.web.auth import instructor, membership, staff
from grader.web.dependencies import web_services
from grader.web.errors import in_words
from grader.web.pages.formatting import BADGES, mark
from grader.web.pages.forms import FormInput
from grader.web.pages.instructor.assignment_dashboard import Classroom, classroom

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StudentForms:
    """The typed content of the page's forms, and its errors."""

    form: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    problems: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class StudentAtAssignment:
    """A student at an assignment; `draft_saved_at` tells that there is a draft, whose content nobody sees."""

    student: Student
    standing: StudentMark
    tries: Mapping[str, AttemptDetail]
    regrades: tuple[RegradedMark, ...]
    overrides: tuple[Overridden, ...]
    allowance: GrantedExtension | None
    messages: tuple[SentMessage, ...]
    draft_saved_at: datetime | None


def assignment_student(assignment_id: int, user_id: int) -> Response:
    """Show attempts, mark and extensions."""
    return student_page(classroom(assignment_id), user_id, StudentForms())


def student_page(room: Classroom, user_id: int, filled: StudentForms) -> Response:
    """Return the page, with the typed content of its forms."""
    with web_services().sessions() as session:
        seen = _seen(session, room, user_id)
    body = render_template(
        "instructor/student.html",
        room=room,
        assignment=room.assignment,
        may_edit=room.membership.may_edit and not room.assignment.archived,
        may_write=not room.assignment.archived,
        seen=seen,
        form=_form(room, seen) | dict(filled.form),
        problems=filled.problems,
        badges=BADGES,
        labels={one.name: one.label for one in room.published.exercise.fields},
    )
    return make_response(body, 422 if filled.problems else 200)


def _seen(session: Session, room: Classroom, user_id: int) -> StudentAtAssignment:
    at, exercise = StudentPlace(room.assignment.id, user_id), exercise_at(room.assignment, room.published)
    student = find_student(session, membership().course_id, at)
    whose = SubmissionFilter(user_id=user_id, assignment_id=room.assignment.id)
    granted = extensions_at(session, room.assignment.id)
    draft = find_draft(session, at_assignment(user_id, room.assignment.id))
    standing = mark_of(session, room.assignment, exercise.max_points, user_id)
    tries = attempts_of(session, whose, exercise.field_names, EVERYTHING, standing.terms)
    return StudentAtAssignment(
        student=student,
        standing=standing,
        tries={str(one.id): one for one in tries},
        regrades=regrades_of_mark(session, room.assignment.id, user_id),
        overrides=overrides_of(session, at),
        allowance=next((one for one in granted if one.user_id == user_id), None),
        messages=messages_of(session, at),
        draft_saved_at=draft.saved_at if draft else None,
    )


def _form(room: Classroom, seen: StudentAtAssignment) -> dict[str, str]:
    """Return the initial content of the forms: the stored values."""
    kept = seen.allowance.grant if seen.allowance else None
    points = seen.standing.mark.points
    return {
        "points": "" if points is None else f"{points:g}",
        "due_at": shown(kept.due_at, room.assignment.time_zone) if kept else "",
        "extra_attempts": str(kept.extra_attempts) if kept else "0",
        "allowance_reason": kept.reason if kept else "",
    }


LONGEST_REASON = 500


def set_mark(assignment_id: int, user_id: int) -> Response:
    """Set the mark in place of the computed one."""
    room, typed = classroom(assignment_id), FormInput(request.form)
    of = room.assignment.policy.points_of(exercise_at(room.assignment, room.published).max_points)
    points = typed.number("points", 0, of)
    if points is None:
        typed.problems["points"] = _("Enter a number from 0 to %(most)s.", most=mark(of))
    reason = typed.text("mark_reason", LONGEST_REASON)
    if typed.problems or points is None:
        return student_page(room, user_id, StudentForms(request.form, typed.problems))
    services, wanted = web_services(), Override(points / of if of else 0.0, reason)
    override_mark(services.sessions, instructor(), StudentPlace(assignment_id, user_id), wanted, services.clock())
    return _back(assignment_id, user_id, "mark")


def restore_mark(assignment_id: int, user_id: int) -> Response:
    """Restore the computed mark."""
    services = web_services()
    revoke_override(services.sessions, instructor(), StudentPlace(assignment_id, user_id), services.clock())
    return _back(assignment_id, user_id, "mark")


def allow_student(assignment_id: int, user_id: int) -> Response:
    """Grant the student a later due time, more attempts, or both."""
    room, typed = classroom(assignment_id), FormInput(request.form)
    due_at = typed.moment("due_at", room.assignment.time_zone)
    extra = typed.whole("extra_attempts", 0, MOST_ATTEMPTS) or 0
    reason = typed.text("allowance_reason", LONGEST_REASON)
    wanted = Extension(due_at, extra, reason)
    try:
        if not typed.problems:
            services = web_services()
            grant_extension(
                services.sessions, instructor(), StudentPlace(assignment_id, user_id), wanted, services.clock()
            )
    except UnusableAllowance as unusable:
        typed.problems["due_at"] = in_words(unusable.detail)
    if typed.problems:
        return student_page(room, user_id, StudentForms(request.form, typed.problems))
    return _back(assignment_id, user_id, "allowance")


def allow_no_more(assignment_id: int, user_id: int) -> Response:
    """Revoke the student's extension."""
    services = web_services()
    revoke_extension(services.sessions, instructor(), StudentPlace(assignment_id, user_id), services.clock())
    return _back(assignment_id, user_id, "allowance")


def write_to_student(assignment_id: int, user_id: int) -> Response:
    """Send a message."""
    text = request.form.get("text", "").strip()
    if not text or len(text) > LONGEST:
        problems = {"text": _("Enter 1 to %(most)s characters; there are %(there)s.", most=LONGEST, there=len(text))}
        return student_page(classroom(assignment_id), user_id, StudentForms(request.form, problems))
    services = web_services()
    send_message(services.sessions, staff(), StudentPlace(assignment_id, user_id), text, services.clock())
    return _back(assignment_id, user_id, "messages")


def _back(assignment_id: int, user_id: int, anchor: str) -> Response:
    page = url_for("pages.assignment_student", assignment_id=assignment_id, user_id=user_id, _anchor=anchor)
    return redirect(page, 303)
