"""An assignment for a student, under its policy: open, late, closed, or without attempts left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.catalog.load import LoadedExercise
from grader.judging.answers import Entry
from grader.judging.errors import AnswerProblem, UnreadableAnswers
from grader.services.assignments.assignments import CourseAssignment, exercise_at, find_assignment
from grader.services.errors import AssignmentClosed, NoAttemptsLeft, NotOpenYet
from grader.services.student.todo import AssignmentStatus, assignment_status
from grader.services.submissions.drafts import at_assignment, save_draft
from grader.services.submissions.queries import AttemptDetail, attempts_of
from grader.services.submissions.submit import Submit, submit
from grader.services.submissions.variants import LearnerVariant
from grader.vocabulary import SubmissionFilter
from grader.web.auth import membership, person
from grader.web.dependencies import web_services
from grader.web.exercises import variant_at_assignment
from grader.web.i18n import language
from grader.web.pages.student import answer_form
from grader.web.pages.student.answer_form import Delivery, answer_sheet_of, delivery_of, statement_language_of
from grader.web.pages.student.practice import draft_entries, former_entries, learner_of_person, refuse_other_than_forms
from grader.web.upload import contents_of, uploads_of


@dataclass(frozen=True, slots=True)
class AskedAssignment:
    """The assignment, and its exercise with the person's own values."""

    assignment: CourseAssignment
    published: LoadedExercise
    own: LearnerVariant | None


@dataclass(frozen=True, slots=True)
class TypedAnswers:
    """The content of the fields, and its errors; `refused` if it was submitted when nothing could be."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    problems: tuple[AnswerProblem, ...] = ()
    refused: bool = False

    @property
    def status(self) -> HTTPStatus:
        """The status of the response."""
        if self.refused:
            return HTTPStatus.FORBIDDEN
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.problems else HTTPStatus.OK


def assignment(assignment_id: int) -> Response:
    """Show the assignment with the draft, or the attempt that `?from=` names; staff see a preview."""
    asked = _asked(assignment_id)
    return _assignment_page(asked, TypedAnswers(former_entries(asked.published, request.args.get("from", ""))))


def send_assignment(assignment_id: int) -> Response:
    """Store an attempt and redirect to its page; if that fails, show the form again with its content."""
    if membership().is_staff:
        abort(HTTPStatus.FORBIDDEN, _("Teachers cannot submit to their own course's assignments."))
    services = web_services()
    refuse_other_than_forms(lambda: _asked(assignment_id).published)
    uploads = uploads_of(request)
    entries = answer_form.entries_of(request.form) | {name: upload.entry for name, upload in uploads.items()}
    command = Submit(
        assignment_id=assignment_id,
        entries=entries,
        contents=contents_of(uploads.values()),
        client_ref=answer_form.client_ref(person().id, f"assignment:{assignment_id}", request.form, uploads),
    )
    try:
        submitted = submit(services.submission_context, person(), command)
    except UnreadableAnswers as unreadable:
        return _assignment_page(_asked(assignment_id), TypedAnswers(entries, tuple(unreadable.problems)))
    except (NotOpenYet, AssignmentClosed, NoAttemptsLeft):
        _keep_as_draft(assignment_id, entries)
        return _assignment_page(_asked(assignment_id), TypedAnswers(entries, refused=True))
    services.wake()
    return redirect(url_for("pages.submission", submission_id=submitted.id), 303)


def _asked(assignment_id: int) -> AskedAssignment:
    services = web_services()
    with services.sessions() as session:
        found = find_assignment(session, assignment_id)
    published = services.catalog.find(found.slug)
    published = replace(published, exercise=exercise_at(found, published))
    own = None
    if published.exercise.vary is not None and not membership().is_staff:
        own = variant_at_assignment(published, learner_of_person(person()), found)
    return AskedAssignment(found, published if own is None else published.with_values(own.givens), own)


def _keep_as_draft(assignment_id: int, entries: Mapping[str, Entry]) -> None:
    """Keep answers that came too late: they are not an attempt, but not lost either."""
    services = web_services()
    texts = {name: entry.text for name, entry in entries.items() if entry.file is None}
    save_draft(services.sessions, at_assignment(person().id, assignment_id), texts, services.clock())


def _assignment_page(asked: AskedAssignment, typed: TypedAnswers) -> Response:
    services, published = web_services(), asked.published
    exercise = published.exercise
    with services.sessions() as session:
        now = assignment_status(session, asked.assignment, exercise.max_points, person().id, services.clock())
        whose = SubmissionFilter(user_id=person().id, assignment_id=asked.assignment.id)
        tries = attempts_of(session, whose, exercise.field_names, now.disclosure, now.standing.terms)
    entries = typed.entries or draft_entries(now.draft)
    sheet = answer_sheet_of(
        published,
        statement_language_of(published, request.args.get("statement", language())),
        entries,
        typed.problems,
        redrawn_at=None if asked.own is None else asked.own.redrawn_at,
    )
    delivery = _delivery(now, draft_fills=not typed.entries) if now.state.takes_attempts else None
    body = render_template(
        "student/assignment.html",
        sheet=sheet,
        delivery=None if membership().is_staff else delivery,
        situation=now,
        refused=typed.refused,
        has_typed=bool(entries),
        is_preview=membership().is_staff,
        tries=tries,
        labels=field_labels(published),
        latest=_latest(tries),
    )
    return make_response(body, typed.status)


def field_labels(published: LoadedExercise) -> Mapping[str, str]:
    """Return the LaTeX label of every field, by name."""
    return {one.name: one.label for one in published.exercise.fields}


def _delivery(now: AssignmentStatus, *, draft_fills: bool) -> Delivery:
    place = now.assignment.id
    addresses = url_for("pages.assignment", assignment_id=place), url_for("pages.assignment_draft", assignment_id=place)
    saved_at = now.draft.saved_at if now.draft and draft_fills else None
    used, allowed = now.standing.mark.attempts_used, now.standing.terms.allowed
    word = _("Submit") if allowed is None else _("Submit attempt %(number)s of %(most)s", number=used + 1, most=allowed)
    return delivery_of(person(), f"assignment:{place}", addresses, word, saved_at)


def _latest(tries: Iterable[AttemptDetail]) -> UUID | None:
    return next((one.id for one in tries), None)
