"""The page on which a student practises an exercise."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.catalog.load import Published
from grader.checking.answers import Entry
from grader.checking.errors import AnswerProblem, UnreadableAnswers
from grader.services.draft import Draft, at_exercise, find_draft, forget_draft
from grader.services.practise import assignment_instead, refuse_assigned
from grader.services.submit import SubmitOptions, submit
from grader.services.vary import OwnValues
from grader.web.auth import person
from grader.web.language import language
from grader.web.pages import form
from grader.web.pages.delivery import delivery_of
from grader.web.pages.learner import learner_of, own_values
from grader.web.pages.own import visible_submission
from grader.web.pages.sheet import reading_of, sheet_of
from grader.web.problem import ProblemError
from grader.web.upload import contents_of, uploads_of
from grader.web.wiring import web_services

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def answer(slug: str) -> Response:
    """Show the statement and the fields, with the draft; `?from=` fills in what was entered in a former attempt."""
    services = web_services()
    published = services.catalog.find(slug)
    with services.sessions() as session:
        instead = assignment_instead(session, person().id, slug, services.clock())
    if instead is not None:
        return redirect(url_for("pages.assignment", assignment_id=instead), 303)
    own = own_values(person(), published)
    former = former_entries(published, request.args.get("from", ""))
    if former:
        return _page(published, own, former)
    with services.sessions() as session:
        found = find_draft(session, at_exercise(person().id, slug))
    return _page(published, own, typed_in(found), draft=found)


def send_answer(slug: str) -> Response:
    """Store what was sent and go to its page; unreadable input shows the form again with everything in it."""
    services = web_services()
    published = services.catalog.find(slug)
    with services.sessions() as session:
        refuse_assigned(session, person().id, slug, services.clock())
    refuse_other_than_forms(published)
    own, uploads = own_values(person(), published), uploads_of(request)
    entries = form.entries_of(request.form) | {name: upload.entry for name, upload in uploads.items()}
    options = SubmitOptions(
        client_ref=form.client_ref(person().id, slug, request.form, uploads),
        submitted_by=person().id,
        values=own,
        contents=contents_of(uploads.values()),
    )
    try:
        submitted = submit(
            services.sessions, published, learner_of(person()), entries, services.clock(), options=options
        )
    except UnreadableAnswers as unreadable:
        return _page(published, own, entries, unreadable.problems)
    forget_draft(services.sessions, at_exercise(person().id, slug))
    services.wake()
    return redirect(url_for("pages.submission", submission_id=submitted.id), 303)


def refuse_other_than_forms(published: Published) -> None:
    """Refuse what the page's own form does not send: read as a form it would be blank, and count as an attempt."""
    wants = {part.upload for part in published.exercise.parts if part.upload}
    if request.mimetype not in FORM_TYPES or not (request.form or wants & request.files.keys()):
        raise ProblemError(
            "wrong-content-type", _("These answers did not come as the page sends them. Nothing was stored.")
        )


def typed_in(draft: Draft | None) -> Mapping[str, Entry]:
    """A draft as what stands in the fields."""
    return {name: Entry(text) for name, text in draft.answers.items()} if draft else {}


def former_entries(published: Published, submission_id: str) -> Mapping[str, Entry]:
    """What was entered before, as far as this exercise still asks for it."""
    try:
        shown = visible_submission(UUID(submission_id))
    except ValueError:  # no id at all: nothing is filled in
        return {}
    return shown.entries if shown.slug == published.slug else {}


def _page(
    published: Published,
    own: OwnValues | None,
    typed: Mapping[str, Entry],
    problems: Iterable[AnswerProblem] = (),
    *,
    draft: Draft | None = None,
) -> Response:
    problems, slug = tuple(problems), published.slug
    sheet = sheet_of(
        published if own is None else published.with_values(own.givens),
        reading_of(published, request.args.get("statement", language())),
        typed,
        problems,
        redrawn_at=None if own is None else own.redrawn_at,
    )
    addresses = url_for("pages.answer", slug=slug), url_for("pages.draft", slug=slug)
    delivery = delivery_of(person(), slug, addresses, _("Send"), None if draft is None else draft.saved_at)
    return make_response(render_template("answer.html", sheet=sheet, delivery=delivery), 422 if problems else 200)
