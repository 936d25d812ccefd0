"""One student at one assignment, as those who teach the course see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from flask import make_response, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from grader.checking.disclosure import EVERYTHING
from grader.services.allow import Granted, allowances_at
from grader.services.classwork import judged
from grader.services.draft import at_assignment, find_draft
from grader.services.marks import Standing, mark_of
from grader.services.messages import Sent, messages_of
from grader.services.override import Overridden, overrides_of
from grader.services.regraded import Regraded, regraded_of
from grader.services.students import At, Student, find_student
from grader.services.tries import Try, tries_of
from grader.services.wall_clock import shown
from grader.store.outcomes import Whose
from grader.web.pages.instructor.classroom import Classroom, classroom
from grader.web.pages.verdicts import BADGES
from grader.web.wiring import web_services

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed into the page's forms, and what is wrong with it."""

    form: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    problems: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of a student at an assignment; `draft_saved_at` tells that there is one, nobody sees what is in it."""

    student: Student
    standing: Standing
    tries: Mapping[str, Try]
    regrades: tuple[Regraded, ...]
    overrides: tuple[Overridden, ...]
    allowance: Granted | None
    messages: tuple[Sent, ...]
    draft_saved_at: datetime | None


def assignment_student(assignment_id: int, user_id: int) -> Response:
    """Show attempts, mark and what is allowed."""
    return student_page(classroom(assignment_id), user_id, Filled())


def student_page(room: Classroom, user_id: int, filled: Filled) -> Response:
    """Give the page, with what was typed into its forms."""
    with web_services().sessions() as session:
        seen = _seen(session, room, user_id)
    body = render_template(
        "instructor/assignment_student.html",
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


def _seen(session: Session, room: Classroom, user_id: int) -> Seen:
    at, exercise = At(room.assignment.id, user_id), judged(room.assignment, room.published)
    student = find_student(session, at)
    whose = Whose(user_id=user_id, assignment_id=room.assignment.id)
    granted = allowances_at(session, room.assignment.id)
    draft = find_draft(session, at_assignment(user_id, room.assignment.id))
    standing = mark_of(session, room.assignment, exercise.max_points, user_id)
    tries = tries_of(session, whose, exercise.field_names, EVERYTHING, standing.terms)
    return Seen(
        student=student,
        standing=standing,
        tries={str(one.id): one for one in tries},
        regrades=regraded_of(session, room.assignment.id, user_id),
        overrides=overrides_of(session, at),
        allowance=next((one for one in granted if one.user_id == user_id), None),
        messages=messages_of(session, at),
        draft_saved_at=draft.saved_at if draft else None,
    )


def _form(room: Classroom, seen: Seen) -> dict[str, str]:
    """What the forms hold before anything is typed: what is kept."""
    kept = seen.allowance.grant if seen.allowance else None
    points = seen.standing.mark.points
    return {
        "points": "" if points is None else f"{points:g}",
        "due_at": shown(kept.due_at, room.assignment.time_zone) if kept else "",
        "extra_attempts": str(kept.extra_attempts) if kept else "0",
        "allowance_reason": kept.reason if kept else "",
    }
