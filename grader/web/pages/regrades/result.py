"""One regrade: how far it is, what it would change, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from grader.checking.danger import Danger, dangers
from grader.checking.overrides import apply
from grader.sayings.mistakes import title_of
from grader.sayings.saying import from_json, in_language
from grader.services.assignment import Assignment, find_assignment
from grader.services.errors import UnknownRegrade
from grader.services.exercises import Revisions
from grader.services.regrade.differences import Change, Differences, differences
from grader.services.regrade.find import FoundRegrade, drawn_values, find_regrade
from grader.services.regrade.run import MOST_UNJUDGED
from grader.store.regrades import RegradeState
from grader.store.regrading import unjudged, unusable
from grader.web.auth import membership
from grader.web.language import language
from grader.web.pages.regrades.words import CAUSES, FAILURES, STATES, settings_changed
from grader.web.pages.verdicts import BADGES
from grader.web.wiring import web_services

PAGE = 100
MOST_FILES = 20
"""Submissions whose files cannot be used any more that the page names."""

WITH_DIFFERENCES = {RegradeState.READY, RegradeState.APPLYING, RegradeState.APPLIED, RegradeState.ROLLED_BACK}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which students the table shows, from which on."""

    show: str
    start: int

    def of(self, found: Differences) -> Sequence[Change]:
        """Those that are meant."""
        return {"gains": found.gains, "losses": found.losses}.get(self.show, found.changes)


def regrade(assignment_id: int, regrade_id: int) -> Response:
    """Show it; while it is worked on, the page asks for itself again."""
    services = web_services()
    with services.sessions() as session:
        assignment, found = find_assignment(session, assignment_id), find_regrade(session, regrade_id)
        if found.assignment_id != assignment_id:
            raise UnknownRegrade("There is no such regrade, or you do not belong to its course.")
        drawn = drawn_values(session, assignment_id)
        passed_over = unjudged(session, regrade_id, MOST_UNJUDGED)
        unusable_files = unusable(session, regrade_id, MOST_FILES + 1)
    wanted = Filter(request.args.get("show", "all"), max(0, request.args.get("start", 0, int)))
    changed = _differences(assignment, found)
    body = render_template(
        "regrades/one.html",
        assignment=assignment,
        regrade=found,
        states=STATES,
        causes=CAUSES,
        failure=FAILURES.get(found.failure or "", found.failure),
        passed_over=passed_over,
        unusable_files=[(one, in_language(from_json(reason), language())) for one, reason in unusable_files],
        most_files=MOST_FILES,
        badges=BADGES,
        settings=settings_changed(found),
        mistake_title=lambda mistake: title_of(mistake, language()),
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


def _differences(assignment: Assignment, found: FoundRegrade) -> Differences | None:
    if found.state not in WITH_DIFFERENCES:
        return None
    services = web_services()
    revisions = Revisions(services.catalog, services.sessions)
    exercise = services.catalog.find(assignment.slug).exercise

    def names(revision: str) -> Sequence[str]:
        return revisions.find(assignment.slug, revision).exercise.field_names

    with services.sessions() as session:
        return differences(session, assignment, found, exercise, names)


def _dangers(assignment: Assignment, found: FoundRegrade, drawn: list[dict[str, float]]) -> tuple[Danger, ...]:
    """Known mistakes that come near to right values by the proposed tolerances, where any are proposed."""
    if found.after.overrides.tolerance == found.before.overrides.tolerance and (
        found.after.overrides.fields == found.before.overrides.fields
    ):
        return ()
    exercise = web_services().catalog.find(assignment.slug).exercise
    return dangers(apply(exercise, found.after.overrides), drawn)
