"""All regrades of an assignment, and the form that proposes another."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.catalog.load import Published
from grader.checking.overrides import Overrides
from grader.checking.weights import WeightsTask
from grader.services.assignment import Assignment, find_assignment
from grader.services.errors import NothingToRegrade, RegradeBusy
from grader.services.regrade.find import FoundRegrade, regrades_of, revisions_in_use
from grader.services.regrade.propose import Proposal, propose
from grader.store.regrades import RegradeState
from grader.web.auth import membership
from grader.web.pages.courses.typed import Typed
from grader.web.pages.regrades.form import filled, read, rows
from grader.web.pages.regrades.words import STATES
from grader.web.wiring import web_services


@dataclass(frozen=True, slots=True)
class _Known:
    assignment: Assignment
    published: Published
    regrades: tuple[FoundRegrade, ...]
    revisions: Mapping[str, int]


def regrades(assignment_id: int) -> Response:
    """Show them, and the form with what holds now."""
    known = _known(assignment_id)
    return _page(known, filled(known.assignment), {})


def propose_regrade(assignment_id: int) -> Response:
    """Have a worker judge what is proposed, and lead to where its outcome appears."""
    known, typed = _known(assignment_id), Typed(request.form)
    proposal = read(typed, known.assignment, known.published.exercise)
    if typed.problems:
        return _page(known, typed.form, typed.problems)
    try:
        regrade_id = _proposed(known, proposal)
    except (NothingToRegrade, RegradeBusy) as refused:
        return _page(known, typed.form, {"refused": refused.detail})
    web_services().wake_bulk()
    return redirect(url_for("pages.regrade", assignment_id=assignment_id, regrade_id=regrade_id), 303)


def _proposed(known: _Known, proposal: Proposal) -> int:
    services = web_services()
    with services.sessions.begin() as session:
        return propose(session, membership(), proposal, known.published, services.clock())


def _known(assignment_id: int) -> _Known:
    services = web_services()
    with services.sessions() as session:
        assignment = find_assignment(session, assignment_id)
        found, used = regrades_of(session, assignment_id), revisions_in_use(session, assignment_id)
    return _Known(assignment, services.catalog.find(assignment.slug), found, used)


def _page(known: _Known, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    exercise, today = known.published.exercise, known.published.revision
    fields = rows(exercise, Overrides.from_json(known.assignment.overrides))
    names = [field.name for field in fields]
    body = render_template(
        "regrades/list.html",
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
