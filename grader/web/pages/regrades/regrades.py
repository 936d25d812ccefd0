"""Regrades of an assignment: propose one, review its effect, apply, roll back, discard it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.catalog.load import LoadedExercise
from grader.judging.overrides import Overrides, apply
from grader.judging.separation import AcceptedMistake, accepted_mistakes
from grader.judging.weights.task import WeightsTask
from grader.messages.message import in_language
from grader.messages.mistakes import title_of
from grader.services.assignments.assignments import CourseAssignment, find_assignment
from grader.services.errors import NothingToRegrade, RegradeBusy, UnknownRegrade
from grader.services.grading.context import Revisions
from grader.services.regrading.comparison import ChangedMark, RegradeComparison, compare_marks
from grader.services.regrading.regrades import (
    FoundRegrade,
    Proposal,
    discard,
    drawn_values,
    find_regrade,
    propose,
    regrades_of,
    revisions_in_use,
    roll_back,
    unjudged_submissions,
    unusable_files,
)
from grader.services.regrading.regrades import apply_regrade as start_applying
from grader.services.regrading.worker import MOST_UNJUDGED
from grader.vocabulary import RegradeState
from grader.web.auth import instructor, membership
from grader.web.dependencies import web_services
from grader.web.i18n import reading_language
from grader.web.pages.formatting import BADGES
from grader.web.pages.forms import FormInput
from grader.web.pages.regrades.form import override_rows, read_proposal, regrade_texts
from grader.web.pages.regrades.text import CAUSES, FAILURES, STATES, settings_changed


@dataclass(frozen=True, slots=True)
class _RegradedAssignment:
    assignment: CourseAssignment
    published: LoadedExercise
    regrades: tuple[FoundRegrade, ...]
    revisions: Mapping[str, int]


def regrades(assignment_id: int) -> Response:
    """Show all regrades, and the form with the current settings."""
    known = _known(assignment_id)
    return _list_page(known, regrade_texts(known.assignment), {})


def propose_regrade(assignment_id: int) -> Response:
    """Store a proposal for a worker, and redirect to the page of its outcome."""
    known, typed = _known(assignment_id), FormInput(request.form)
    proposal = read_proposal(typed, known.assignment, known.published.exercise)
    if typed.problems:
        return _list_page(known, typed.form, typed.problems)
    try:
        regrade_id = _proposed(known, proposal)
    except (NothingToRegrade, RegradeBusy) as refused:
        return _list_page(known, typed.form, {"refused": refused.detail})
    web_services().wake_bulk()
    return redirect(url_for("pages.regrade", assignment_id=assignment_id, regrade_id=regrade_id), 303)


def _proposed(known: _RegradedAssignment, proposal: Proposal) -> int:
    services = web_services()
    with services.sessions.begin() as session:
        return propose(session, instructor(), proposal, known.published, services.clock())


def _known(assignment_id: int) -> _RegradedAssignment:
    services = web_services()
    with services.sessions() as session:
        assignment = find_assignment(session, assignment_id)
        found, used = regrades_of(session, assignment_id), revisions_in_use(session, assignment_id)
    return _RegradedAssignment(assignment, services.catalog.find(assignment.slug), found, used)


def _list_page(known: _RegradedAssignment, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    exercise, today = known.published.exercise, known.published.revision
    fields = override_rows(exercise, Overrides.from_json(known.assignment.overrides))
    names = [field.name for field in fields]
    body = render_template(
        "regrades/regrades.html",
        assignment=known.assignment,
        today=today,
        newer=any(revision != today for revision in known.revisions),
        revisions=known.revisions,
        regrades=known.regrades,
        states=STATES,
        fields=fields,
        credit=exercise.credit,
        credited=any(not isinstance(part.task, WeightsTask) for part in exercise.parts),
        form=form,
        problems=problems,
        single=any(
            f"{kind}.{name}" in form for kind in ("value", "points") for name in names if form.get(f"{kind}.{name}")
        ),
        ready=any(one.state is RegradeState.READY for one in known.regrades),
        may_edit=membership().may_edit and not membership().is_archived,
    )
    return make_response(body, 422 if problems else 200)


PAGE = 100
MOST_FILES = 20
"""The most submissions with unusable files that the page lists."""

WITH_DIFFERENCES = {RegradeState.READY, RegradeState.APPLYING, RegradeState.APPLIED, RegradeState.ROLLED_BACK}


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """The students in the table, and the first one."""

    show: str
    start: int

    def of(self, found: RegradeComparison) -> Sequence[ChangedMark]:
        """Return the selected changes."""
        return {"gains": found.gains, "losses": found.losses}.get(self.show, found.changes)


def regrade(assignment_id: int, regrade_id: int) -> Response:
    """Show one regrade; while it is in progress, the page reloads itself."""
    services = web_services()
    with services.sessions() as session:
        assignment, found = find_assignment(session, assignment_id), find_regrade(session, regrade_id)
        if found.assignment_id != assignment_id:
            raise UnknownRegrade("This regrade does not exist, or you are not a member of its course.")
        drawn = drawn_values(session, assignment_id)
        passed_over = unjudged_submissions(session, regrade_id, MOST_UNJUDGED)
        unusable = unusable_files(session, regrade_id, MOST_FILES + 1)
    wanted = ChangeFilter(request.args.get("show", "all"), max(0, request.args.get("start", 0, int)))
    changed = _comparison(assignment, found)
    body = render_template(
        "regrades/regrade.html",
        assignment=assignment,
        regrade=found,
        seconds_left=found.seconds_left(services.clock()),
        states=STATES,
        causes=CAUSES,
        failure=FAILURES.get(found.failure or "", found.failure),
        passed_over=passed_over,
        unusable_files=[(one.submission_id, in_language(one.reason, reading_language())) for one in unusable],
        most_files=MOST_FILES,
        badges=BADGES,
        settings=settings_changed(found),
        mistake_title=lambda mistake: title_of(mistake, reading_language()),
        dangers=_dangers(assignment, found, drawn),
        found=changed,
        wanted=wanted,
        shown=() if changed is None else wanted.of(changed),
        page=PAGE,
        may_edit=membership().may_edit and not membership().is_archived,
    )
    response = make_response(body)
    response.add_etag()
    return response.make_conditional(request)


def _comparison(assignment: CourseAssignment, found: FoundRegrade) -> RegradeComparison | None:
    if found.state not in WITH_DIFFERENCES:
        return None
    services = web_services()
    revisions = Revisions(services.catalog, services.sessions)
    exercise = services.catalog.find(assignment.slug).exercise

    def names(revision: str) -> Sequence[str]:
        return revisions.find(assignment.slug, revision).exercise.field_names

    with services.sessions() as session:
        return compare_marks(session, assignment, found, exercise, names)


def _dangers(
    assignment: CourseAssignment, found: FoundRegrade, drawn: list[dict[str, float]]
) -> tuple[AcceptedMistake, ...]:
    """Return known mistakes near correct values under the proposed tolerances, if any are proposed."""
    if found.after.overrides.tolerance == found.before.overrides.tolerance and (
        found.after.overrides.fields == found.before.overrides.fields
    ):
        return ()
    exercise = web_services().catalog.find(assignment.slug).exercise
    return accepted_mistakes(apply(exercise, found.after.overrides), drawn)


def apply_regrade(assignment_id: int, regrade_id: int) -> Response:
    """Apply the regrade."""
    services = web_services()
    with services.sessions.begin() as session:
        start_applying(session, instructor(), regrade_id)
    services.wake_bulk()
    return _back_to_regrade(assignment_id, regrade_id)


def roll_back_regrade(assignment_id: int, regrade_id: int) -> Response:
    """Roll the regrade back."""
    services = web_services()
    with services.sessions.begin() as session:
        roll_back(session, instructor(), regrade_id)
    services.wake_bulk()
    return _back_to_regrade(assignment_id, regrade_id)


def discard_regrade(assignment_id: int, regrade_id: int) -> Response:
    """Discard the regrade."""
    services = web_services()
    with services.sessions.begin() as session:
        discard(session, instructor(), regrade_id, services.clock())
    return redirect(url_for("pages.regrades", assignment_id=assignment_id), 303)


def _back_to_regrade(assignment_id: int, regrade_id: int) -> Response:
    return redirect(url_for("pages.regrade", assignment_id=assignment_id, regrade_id=regrade_id), 303)
