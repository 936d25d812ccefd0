"""The page on which a student answers an exercise."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.catalog.load import Published
from grader.checking.answers import Entry
from grader.checking.errors import AnswerProblem, UnreadableAnswers
from grader.services.submit import SubmitOptions, submit
from grader.web.auth import person
from grader.web.pages import form
from grader.web.pages.drafts import draft_key
from grader.web.pages.learner import learner_of
from grader.web.pages.own import visible_submission
from grader.web.problem import ProblemError
from grader.web.wiring import web_services

FORM_TYPE = "application/x-www-form-urlencoded"


def answer(slug: str) -> Response:
    """Show the statement and the fields; `?from=` fills in what was entered in a former attempt."""
    published = web_services().catalog.find(slug)
    return _page(published, _former(published, request.args.get("from", "")))


def send_answer(slug: str) -> Response:
    """Store what was sent and go to its page; unreadable input shows the form again with everything in it."""
    services = web_services()
    published = services.catalog.find(slug)
    _refuse_other_than_forms()
    options = SubmitOptions(client_ref=form.client_ref(person().id, slug, request.form), submitted_by=person().id)
    entries = form.entries_of(request.form)
    try:
        submitted = submit(
            services.sessions, published, learner_of(person()), entries, services.clock(), options=options
        )
    except UnreadableAnswers as unreadable:
        return _page(published, entries, unreadable.problems)
    services.wake()
    return redirect(url_for("pages.submission", submission_id=submitted.id), 303)


def _refuse_other_than_forms() -> None:
    """Refuse what the page's own form does not send: read as a form it would be blank, and count as an attempt."""
    if request.mimetype != FORM_TYPE:
        raise ProblemError(
            "wrong-content-type", "These answers did not come as the page sends them. Nothing was stored."
        )


def _page(published: Published, typed: Mapping[str, Entry], problems: Iterable[AnswerProblem] = ()) -> Response:
    problems = tuple(problems)
    body = render_template(
        "answer.html",
        published=published,
        groups=form.groups(published.exercise, typed, problems),
        problems=form.complaints(published.exercise, problems),
        draft=draft_key(person(), published.slug),
        nonce=uuid4().hex,
    )
    return make_response(body, 422 if problems else 200)


def _former(published: Published, submission_id: str) -> Mapping[str, Entry]:
    """What was entered before, as far as this exercise still asks for it."""
    try:
        shown = visible_submission(UUID(submission_id))
    except ValueError:  # no id at all: nothing is filled in
        return {}
    return shown.entries if shown.slug == published.slug else {}
