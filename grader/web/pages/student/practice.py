"""Practice: all exercises, and the page for answering one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.catalog.load import LoadedExercise
from grader.judging.answers import Entry
from grader.judging.errors import AnswerProblem, UnreadableAnswers
from grader.services.accounts.authentication import SignedIn
from grader.services.assignments.marks import ExerciseProgress, progress_of_learners
from grader.services.submissions.drafts import StoredDraft, at_exercise, find_draft
from grader.services.submissions.learners import LearnerKey, learner_of
from grader.services.submissions.submit import Submit, assignment_for_practice, submit
from grader.services.submissions.variants import LearnerVariant
from grader.vocabulary import SubmissionFilter
from grader.web.auth import person
from grader.web.dependencies import web_services
from grader.web.exercises import learner_variant
from grader.web.i18n import language
from grader.web.pages.student import answer_form
from grader.web.pages.student.answer_form import answer_sheet_of, delivery_of, statement_language_of
from grader.web.pages.student.submissions import visible_submission
from grader.web.problem import ProblemError
from grader.web.upload import contents_of, uploads_of


@dataclass(frozen=True, slots=True)
class ExerciseLine:
    """An exercise, and the person's progress; None if it was not tried."""

    published: LoadedExercise
    standing: ExerciseProgress | None


def exercises() -> str:
    """Show all exercises with the person's best scores."""
    services = web_services()
    with services.sessions() as session:
        reached = {
            standing.slug: standing
            for standing in progress_of_learners(session, SubmissionFilter(user_id=person().id, practice=True))
        }
    lines = [ExerciseLine(published, reached.get(published.slug)) for published in services.catalog]
    return render_template("student/exercises.html", lines=lines)


def learner_of_person(who: SignedIn) -> LearnerKey:
    """Return the learner of a signed-in person: that of our own pages with the person's e-mail address."""
    with web_services().sessions.begin() as session:
        return learner_of(session, who)


def own_variant(who: SignedIn, published: LoadedExercise) -> LearnerVariant | None:
    """Return a signed-in person's own given values; None if nothing is drawn, without a query."""
    return None if published.exercise.vary is None else learner_variant(published, learner_of_person(who))


FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def answer(slug: str) -> Response:
    """Show the statement and the fields with the draft; `?from=` fills in an earlier attempt."""
    services = web_services()
    published = services.catalog.find(slug)
    with services.sessions() as session:
        instead = assignment_for_practice(session, person().id, slug, services.clock())
    if instead is not None:
        return redirect(url_for("pages.assignment", assignment_id=instead), 303)
    own = own_variant(person(), published)
    former = former_entries(published, request.args.get("from", ""))
    if former:
        return _practice_page(published, own, former)
    with services.sessions() as session:
        found = find_draft(session, at_exercise(person().id, slug))
    return _practice_page(published, own, draft_entries(found), draft=found)


def send_answer(slug: str) -> Response:
    """Store the answers and redirect to their page; if some cannot be read, show the form again with its content."""
    services = web_services()
    published = services.catalog.find(slug)
    refuse_other_than_forms(lambda: published)
    uploads = uploads_of(request)
    entries = answer_form.entries_of(request.form) | {name: upload.entry for name, upload in uploads.items()}
    command = Submit(
        slug=slug,
        entries=entries,
        contents=contents_of(uploads.values()),
        client_ref=answer_form.client_ref(person().id, slug, request.form, uploads),
    )
    try:
        submitted = submit(services.submission_context, person(), command)
    except UnreadableAnswers as unreadable:
        return _practice_page(published, own_variant(person(), published), entries, unreadable.problems)
    services.wake()
    return redirect(url_for("pages.submission", submission_id=submitted.id), 303)


def refuse_other_than_forms(asked: Callable[[], LoadedExercise]) -> None:
    """Refuse anything that the page's own form does not send: it would be read as blank and count as an attempt.

    `asked` finds the exercise; it is called only if the form contains nothing but files, which the exercise must
    accept.
    """
    if request.mimetype in FORM_TYPES and (request.form or _has_wanted_file(asked())):
        return
    raise ProblemError(
        "wrong-content-type", _("These answers were not sent by the form of this page. Nothing was stored.")
    )


def _has_wanted_file(published: LoadedExercise) -> bool:
    return any(part.upload in request.files for part in published.exercise.parts if part.upload)


def draft_entries(draft: StoredDraft | None) -> Mapping[str, Entry]:
    """Return a draft as the content of the fields."""
    return {name: Entry(text) for name, text in draft.answers.items()} if draft else {}


def former_entries(published: LoadedExercise, submission_id: str) -> Mapping[str, Entry]:
    """Return an earlier attempt's entries, as far as the exercise still has their fields."""
    try:
        shown = visible_submission(UUID(submission_id))
    except ValueError:  # not an id: nothing is filled in
        return {}
    return shown.entries if shown.slug == published.slug else {}


def _practice_page(
    published: LoadedExercise,
    own: LearnerVariant | None,
    typed: Mapping[str, Entry],
    problems: Iterable[AnswerProblem] = (),
    *,
    draft: StoredDraft | None = None,
) -> Response:
    problems, slug = tuple(problems), published.slug
    sheet = answer_sheet_of(
        published if own is None else published.with_values(own.givens),
        statement_language_of(published, request.args.get("statement", language())),
        typed,
        problems,
        redrawn_at=None if own is None else own.redrawn_at,
    )
    addresses = url_for("pages.answer", slug=slug), url_for("pages.draft", slug=slug)
    delivery = delivery_of(person(), slug, addresses, _("Submit"), None if draft is None else draft.saved_at)
    return make_response(
        render_template("student/practice.html", sheet=sheet, delivery=delivery), 422 if problems else 200
    )
