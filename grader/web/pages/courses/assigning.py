"""Setting a course an assignment, and changing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.checking.hazards import Plan, hazards
from grader.checking.overrides import Overrides
from grader.checking.policy import Policy, Terms
from grader.services import assign
from grader.services.assign import Setting, submissions_to
from grader.services.assignment import Assignment, assignments_of, find_assignment
from grader.services.effect import Effect, effect_of, without_marks
from grader.services.regrade.propose import Proposal, propose, refuse_while_busy
from grader.store.courses import Course
from grader.web.auth import membership, person
from grader.web.pages.courses.assignment_form import Where, filled, read
from grader.web.pages.courses.policy_words import HAZARDS, in_zone, summary
from grader.web.pages.courses.typed import Typed
from grader.web.pages.courses.worth import worth
from grader.web.pages.exports.heading_words import Renamed, renamed
from grader.web.wiring import web_services

NO_EFFECT = Effect()
NEW = Setting("", "", None, None, Policy())


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form shows: its texts, what is wrong with them, what they say, and what is stored already."""

    where: Where
    texts: Mapping[str, str]
    said: Setting | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    stored: Assignment | None = None
    sent: int = 0
    effect: Effect = NO_EFFECT
    regradable: bool = False


def new_assignment(course_id: int) -> Response:
    """Show the form; `?exercise=` chooses one."""
    where = _where(_zone(course_id))
    return _page(course_id, Draft(where, filled(NEW, where.zone) | {"slug": request.args.get("exercise", "")}))


def create_assignment(course_id: int) -> Response:
    """Store it and show what was stored, in words; `look` only shows the words."""
    where, typed = _where(_zone(course_id)), Typed(request.form)
    said = read(typed, where)
    if typed.problems or "look" in request.form:
        return _page(course_id, Draft(where, typed.form, said, typed.problems))
    services = web_services()
    made = assign.create_assignment(services.sessions, person(), course_id, said, services.clock())
    return redirect(url_for("pages.edit_assignment", assignment_id=made, saved=1), 303)


def edit_assignment(assignment_id: int) -> Response:
    """Show the form with what is stored."""
    stored = _stored(assignment_id)
    kept = Setting(stored.slug, stored.title, stored.opens_at, stored.due_at, stored.policy)
    where = _where(stored.time_zone, stored.slug)
    return _page(
        stored.course_id, Draft(where, filled(kept, where.zone), kept, stored=stored, sent=_sent(assignment_id))
    )


def change_assignment(assignment_id: int) -> Response:
    """Store what was changed; what would change marks only after it was said how many."""
    stored, typed, sent = _stored(assignment_id), Typed(request.form), _sent(assignment_id)
    where = _where(stored.time_zone, stored.slug)
    if sent:
        typed = Typed({**request.form, "slug": stored.slug})
    said = read(typed, where)
    draft = Draft(where, typed.form, said, typed.problems, stored, sent)
    if typed.problems or "look" in request.form:
        return _page(stored.course_id, draft)
    effect = _effect(stored, said) if sent else NO_EFFECT
    if "regrade" in request.form:
        return _regrade(stored, said)
    if effect.is_any and request.form.get("confirmed") != effect.key:
        return _page(stored.course_id, replace(draft, effect=effect, regradable=_without_marks(stored, said) != said))
    _change(stored, said)
    return _saved(stored)


def _change(stored: Assignment, said: Setting) -> None:
    services = web_services()
    assign.change_assignment(services.sessions, person(), stored.id, said, services.clock())


def _without_marks(stored: Assignment, said: Setting) -> Setting:
    return replace(said, policy=without_marks(said.policy, stored.policy))


def _saved(stored: Assignment) -> Response:
    return redirect(url_for("pages.edit_assignment", assignment_id=stored.id, saved=1), 303)


def _regrade(stored: Assignment, said: Setting) -> Response:
    """Store what changes no mark, and propose the rest as a regrade: who gains and who loses is seen first.

    Where no regrade can be proposed now nothing is stored either.
    """
    services, calm = web_services(), _without_marks(stored, said)
    if calm == said:
        _change(stored, calm)
        return _saved(stored)
    published = services.catalog.find(stored.slug)
    with services.sessions() as session:
        refuse_while_busy(session, stored.id)
    _change(stored, calm)
    proposal = Proposal(
        stored.id, Overrides.from_json(stored.overrides), said.policy, reason=_("The policy of the assignment changed.")
    )
    with services.sessions.begin() as session:
        made = propose(session, membership(), proposal, published, services.clock())
    services.wake_bulk()
    return redirect(url_for("pages.regrade", assignment_id=stored.id, regrade_id=made), 303)


def _effect(stored: Assignment, said: Setting) -> Effect:
    with web_services().sessions() as session:
        return effect_of(session, stored, said, worth(stored))


def archive_assignment(assignment_id: int) -> Response:
    """Put it away."""
    return _put(assignment_id, archived=True)


def restore_assignment(assignment_id: int) -> Response:
    """Take it out again."""
    return _put(assignment_id, archived=False)


def _put(assignment_id: int, *, archived: bool) -> Response:
    services = web_services()
    assign.archive_assignment(services.sessions, person(), assignment_id, services.clock(), archived=archived)
    return redirect(url_for("pages.edit_assignment", assignment_id=assignment_id), 303)


def _where(zone: str, kept: str | None = None) -> Where:
    return Where(zone, web_services().catalog, kept)


def _zone(course_id: int) -> str:
    with web_services().sessions() as session:
        return session.get_one(Course, course_id).time_zone


def _stored(assignment_id: int) -> Assignment:
    with web_services().sessions() as session:
        return find_assignment(session, assignment_id)


def _sent(assignment_id: int) -> int:
    with web_services().sessions() as session:
        return submissions_to(session, assignment_id)


def _page(course_id: int, draft: Draft) -> Response:
    body = render_template(
        "courses/assignment.html",
        course_id=course_id,
        draft=draft,
        exercises=list(draft.where.catalog),
        saved="saved" in request.args,
        renamed=_renamed(draft.stored),
        **_words(draft),
    )
    return make_response(body, 422 if draft.problems else 200)


def _renamed(stored: Assignment | None) -> list[Renamed]:
    """Return the files of marks in which the column of an assignment is not called as it is."""
    if stored is None:
        return []
    with web_services().sessions() as session:
        found = assignments_of(session, stored.course_id)
    return [one for one in renamed(found) if one.assignment.id == stored.id]


def _words(draft: Draft) -> dict[str, list[str]]:
    """What the form says in plain words, and what may hurt; nothing where it cannot be read."""
    said = draft.said
    published = None if said is None else draft.where.catalog.published.get(said.slug)
    if said is None or published is None or draft.problems:
        return {"words": [], "hazards": []}
    terms = Terms(said.policy, said.opens_at, said.due_at)
    plan = Plan(said.policy, is_due=said.due_at is not None, draws=published.exercise.vary is not None)
    return {
        "words": summary(terms, published.exercise.max_points, in_zone(draft.where.zone)),
        "hazards": [str(HAZARDS[hazard]) for hazard in hazards(plan)],
    }
