"""An assignment as a student answers it, under its policy: open, late, closed, or without attempts left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.catalog.load import Published
from grader.checking.answers import Entry
from grader.checking.errors import AnswerProblem, UnreadableAnswers
from grader.checking.overrides import Overrides, apply
from grader.checking.policy import Open
from grader.services.assignment import Assignment, find_assignment
from grader.services.draft import at_assignment, forget_draft, keep_draft
from grader.services.errors import AssignmentClosed, NoAttemptsLeft, NotOpenYet
from grader.services.situation import Situation, situation_of
from grader.services.submit import SubmitOptions, Submitted, submit
from grader.services.tries import Try, tries_of
from grader.services.vary import OwnValues
from grader.store.outcomes import Whose
from grader.web.auth import membership, person
from grader.web.language import language
from grader.web.own_values import values_at
from grader.web.pages import form
from grader.web.pages.answer import former_entries, refuse_other_than_forms, typed_in
from grader.web.pages.delivery import Delivery, delivery_of
from grader.web.pages.learner import learner_of
from grader.web.pages.sheet import reading_of, sheet_of
from grader.web.upload import Upload, contents_of, uploads_of
from grader.web.wiring import web_services

CAN_SEND = frozenset({Open.OPEN, Open.LATE})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the person here: the assignment, and its exercise with the person's own values."""

    assignment: Assignment
    published: Published
    own: OwnValues | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields, and what is wrong with it; `refused` where it came when nothing could be sent."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    problems: tuple[AnswerProblem, ...] = ()
    refused: bool = False

    @property
    def status(self) -> HTTPStatus:
        """What the reply says of it."""
        if self.refused:
            return HTTPStatus.FORBIDDEN
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.problems else HTTPStatus.OK


def assignment(assignment_id: int) -> Response:
    """Show it with what was typed: the draft, or the attempt that `?from=` names; those who teach see a preview."""
    asked = _asked(assignment_id)
    return _page(asked, Typed(former_entries(asked.published, request.args.get("from", ""))))


def send_assignment(assignment_id: int) -> Response:
    """Store an attempt and go to its page; what cannot be taken is shown again, with everything in it."""
    if membership().is_staff:
        abort(HTTPStatus.FORBIDDEN, _("Those who teach the course do not hand in its assignments."))
    asked, services = _asked(assignment_id), web_services()
    refuse_other_than_forms(asked.published)
    uploads = uploads_of(request)
    entries = form.entries_of(request.form) | {name: upload.entry for name, upload in uploads.items()}
    try:
        submitted = _submit(asked, entries, uploads)
    except UnreadableAnswers as unreadable:
        return _page(asked, Typed(entries, tuple(unreadable.problems)))
    except (NotOpenYet, AssignmentClosed, NoAttemptsLeft):
        _keep(assignment_id, entries)
        return _page(asked, Typed(entries, refused=True))
    forget_draft(services.sessions, at_assignment(person().id, assignment_id))
    services.wake()
    return redirect(url_for("pages.submission", submission_id=submitted.id), 303)


def _asked(assignment_id: int) -> Asked:
    services = web_services()
    with services.sessions() as session:
        found = find_assignment(session, assignment_id)
    published = services.catalog.find(found.slug)
    published = replace(published, exercise=apply(published.exercise, Overrides.from_json(found.overrides)))
    own = None
    if published.exercise.vary is not None and not membership().is_staff:
        own = values_at(published, learner_of(person()), found)
    return Asked(found, published if own is None else published.with_values(own.givens), own)


def _submit(asked: Asked, entries: Mapping[str, Entry], uploads: Mapping[str, Upload]) -> Submitted:
    services = web_services()
    place = f"assignment:{asked.assignment.id}"
    options = SubmitOptions(
        client_ref=form.client_ref(person().id, place, request.form, uploads),
        submitted_by=person().id,
        values=asked.own,
        contents=contents_of(uploads.values()),
        assignment_id=asked.assignment.id,
    )
    return submit(services.sessions, asked.published, learner_of(person()), entries, services.clock(), options=options)


def _keep(assignment_id: int, entries: Mapping[str, Entry]) -> None:
    """What came too late is no attempt, but it is not lost."""
    services = web_services()
    texts = {name: entry.text for name, entry in entries.items() if entry.file is None}
    keep_draft(services.sessions, at_assignment(person().id, assignment_id), texts, services.clock())


def _page(asked: Asked, typed: Typed) -> Response:
    services, published = web_services(), asked.published
    exercise = published.exercise
    with services.sessions() as session:
        now = situation_of(session, asked.assignment, exercise.max_points, person().id, services.clock())
        whose = Whose(user_id=person().id, assignment_id=asked.assignment.id)
        tries = tries_of(session, whose, exercise.field_names, now.disclosure, now.standing.terms)
    entries = typed.entries or typed_in(now.draft)
    sheet = sheet_of(
        published,
        reading_of(published, request.args.get("statement", language())),
        entries,
        typed.problems,
        redrawn_at=None if asked.own is None else asked.own.redrawn_at,
    )
    delivery = _delivery(now, draft_fills=not typed.entries) if now.state in CAN_SEND else None
    body = render_template(
        "assignment.html",
        sheet=sheet,
        delivery=None if membership().is_staff else delivery,
        situation=now,
        refused=typed.refused,
        has_typed=bool(entries),
        is_preview=membership().is_staff,
        tries=tries,
        labels=labels_of(published),
        latest=_latest(tries),
    )
    return make_response(body, typed.status)


def labels_of(published: Published) -> Mapping[str, str]:
    """LaTeX of every field, by name."""
    return {one.name: one.label for one in published.exercise.fields}


def _delivery(now: Situation, *, draft_fills: bool) -> Delivery:
    place = now.assignment.id
    addresses = url_for("pages.assignment", assignment_id=place), url_for("pages.assignment_draft", assignment_id=place)
    saved_at = now.draft.saved_at if now.draft and draft_fills else None
    used, allowed = now.standing.mark.attempts_used, now.standing.terms.allowed
    word = _("Send") if allowed is None else _("Send attempt %(number)s of %(most)s", number=used + 1, most=allowed)
    return delivery_of(person(), f"assignment:{place}", addresses, word, saved_at)


def _latest(tries: Iterable[Try]) -> UUID | None:
    return next((one.id for one in tries), None)
