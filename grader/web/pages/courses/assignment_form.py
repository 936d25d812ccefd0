"""Creating and changing an assignment: the form, from stored values to texts and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.overrides import Overrides
from grader.judging.policy import Counting, Late, Policy, Shown, Terms
from grader.judging.policy_warnings import PlannedPolicy, policy_warnings
from grader.services.assignments import assignments
from grader.services.assignments.assignments import (
    AssignmentSettings,
    CourseAssignment,
    assignments_of,
    exercise_at,
    find_assignment,
    submissions_to,
)
from grader.services.assignments.marks import MarkChangePreview, max_points_of, preview_mark_changes, without_marks
from grader.services.courses.courses import find_course
from grader.services.courses.time_zones import shown
from grader.services.regrading.regrades import Proposal, propose, refuse_while_busy
from grader.web.auth import instructor
from grader.web.dependencies import web_services
from grader.web.pages.column_headings import RenamedColumn, renamed_columns
from grader.web.pages.courses.policy_text import POLICY_WARNINGS, in_zone, policy_summary
from grader.web.pages.formatting import called, titled
from grader.web.pages.forms import FormInput


def max_points_at(assignment: CourseAssignment) -> float:
    """Return the points of an assignment's exercise, even if it is no longer served."""
    services = web_services()
    with services.sessions() as session:  # no query as long as the exercise is served
        return max_points_of(session, services.catalog, assignment)


MOST_DAYS, MOST_ATTEMPTS, MOST_POINTS = 365, 1000, 10_000
PERCENT = 100


class LateWork(StrEnum):
    """Whether late work is accepted."""

    NO = "no"
    DAYS = "days"
    EVER = "ever"


LATE_DEFAULTS: Mapping[str, str] = {"late_days": "7", "late_percent": "10", "late_cap": "50"}
"""Suggested values while late work is not accepted."""


@dataclass(frozen=True, slots=True)
class AssignmentFormContext:
    """The context of an assignment's form: time zone, available exercises, the current exercise.

    The current exercise may no longer be served; it can be kept, so that everything else can be changed.
    """

    zone: str
    catalog: Catalog
    kept: str | None = None

    def has(self, slug: str) -> bool:
        """Return whether an assignment may have the exercise."""
        return slug == self.kept or slug in self.catalog.published


def assignment_texts(setting: AssignmentSettings, zone: str) -> dict[str, str]:
    """Return the form's texts for stored settings."""
    policy, late = setting.policy, setting.policy.late
    texts = {
        "slug": setting.slug,
        "title": called(setting.title),
        "opens": shown(setting.opens_at, zone),
        "due": shown(setting.due_at, zone),
        "late": LateWork.NO if late.days == 0 else LateWork.EVER if late.days is None else LateWork.DAYS,
        "attempts": "" if policy.attempts is None else str(policy.attempts),
        "counting": policy.counting,
        "variants": "on" if policy.variants else "",
        "marks": policy.marks,
        "mistakes": policy.mistakes,
        "solution": policy.solution,
        "points": "" if policy.points is None else f"{policy.points:g}",
    }
    if late.days == 0:
        return {**texts, **LATE_DEFAULTS}
    costs = {"late_percent": f"{late.per_day * PERCENT:g}", "late_cap": f"{late.cap * PERCENT:g}"}
    return {**texts, **costs, "late_days": str(late.days or LATE_DEFAULTS["late_days"])}


def read_assignment(typed: FormInput, where: AssignmentFormContext) -> AssignmentSettings:
    """Parse a form; errors are recorded in it."""
    slug = typed.form.get("slug", "")
    if not where.has(slug):
        typed.problems["slug"] = _("Choose an exercise.")
    elif slug in where.catalog.published and _is_title_of(where.catalog.find(slug), typed.form.get("title", "")):
        typed = FormInput({**typed.form, "title": where.catalog.find(slug).title}, typed.problems)
    opens_at, due_at = typed.moment("opens", where.zone), typed.moment("due", where.zone)
    if opens_at and due_at and due_at <= opens_at:
        typed.problems["due"] = _("The due time is before the opening time.")
    return AssignmentSettings(slug, typed.text("title"), opens_at, due_at, _policy(typed))


def _is_title_of(published: LoadedExercise, text: str) -> bool:
    """Return whether a title is the exercise's: left blank, or as the form shows it in the reader's language."""
    return text.strip() in {"", titled(published)}


def _policy(typed: FormInput) -> Policy:
    defaults = Policy()
    return Policy(
        attempts=typed.whole("attempts", 1, MOST_ATTEMPTS),
        counting=typed.choice("counting", Counting, defaults.counting),
        late=_late(typed),
        variants=bool(typed.form.get("variants")),
        marks=typed.choice("marks", Shown, defaults.marks),
        mistakes=typed.choice("mistakes", Shown, defaults.mistakes),
        solution=typed.choice("solution", Shown, defaults.solution),
        points=typed.number("points", 0, MOST_POINTS),
    )


def _late(typed: FormInput) -> Late:
    accepted = typed.choice("late", LateWork, LateWork.NO)
    if accepted is LateWork.NO:
        return Late()
    per_day, cap = typed.percent("late_percent"), typed.percent("late_cap")
    days = None
    if accepted is LateWork.DAYS:
        days = typed.whole("late_days", 1, MOST_DAYS)
        if days is None:
            typed.problems.setdefault("late_days", _("Enter the number of days."))
    return Late((per_day or 0) / PERCENT, 1.0 if cap is None else cap / PERCENT, days)


NO_EFFECT = MarkChangePreview()
NEW_ASSIGNMENT = AssignmentSettings("", "", None, None, Policy())


@dataclass(frozen=True, slots=True)
class AssignmentForm:
    """The content of the form: its texts, errors, parsed settings, and the stored assignment."""

    where: AssignmentFormContext
    texts: Mapping[str, str]
    said: AssignmentSettings | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    stored: CourseAssignment | None = None
    sent: int = 0
    effect: MarkChangePreview = NO_EFFECT
    regradable: bool = False


def new_assignment(course_id: int) -> Response:
    """Show the form; `?exercise=` selects one."""
    where = _form_context(_zone(course_id))
    return _page(
        course_id,
        AssignmentForm(
            where, assignment_texts(NEW_ASSIGNMENT, where.zone) | {"slug": request.args.get("exercise", "")}
        ),
    )


def create_assignment(course_id: int) -> Response:
    """Store the assignment and show the stored policy in words; `look` only shows the words."""
    where, typed = _form_context(_zone(course_id)), FormInput(request.form)
    said = read_assignment(typed, where)
    if typed.problems or "look" in request.form:
        return _page(course_id, AssignmentForm(where, typed.form, said, typed.problems))
    services = web_services()
    made = assignments.create_assignment(services.sessions, instructor(), said, services.clock())
    return redirect(url_for("pages.edit_assignment", assignment_id=made, saved=1), 303)


def edit_assignment(assignment_id: int) -> Response:
    """Show the form with the stored settings."""
    stored = _stored(assignment_id)
    kept = AssignmentSettings(stored.slug, stored.title, stored.opens_at, stored.due_at, stored.policy)
    where = _form_context(stored.time_zone, stored.slug)
    return _page(
        stored.course_id,
        AssignmentForm(where, assignment_texts(kept, where.zone), kept, stored=stored, sent=_sent(assignment_id)),
    )


def change_assignment(assignment_id: int) -> Response:
    """Store changes; changes that affect marks only after showing how many."""
    stored, typed, sent = _stored(assignment_id), FormInput(request.form), _sent(assignment_id)
    where = _form_context(stored.time_zone, stored.slug)
    if sent:
        typed = FormInput({**request.form, "slug": stored.slug})
    said = read_assignment(typed, where)
    draft = AssignmentForm(where, typed.form, said, typed.problems, stored, sent)
    if typed.problems or "look" in request.form:
        return _page(stored.course_id, draft)
    effect = _mark_changes(stored, said) if sent else NO_EFFECT
    if "regrade" in request.form:
        return _regrade(stored, said)
    if effect.is_any and request.form.get("confirmed") != effect.key:
        return _page(stored.course_id, replace(draft, effect=effect, regradable=_without_marks(stored, said) != said))
    _change(stored, said)
    return _saved(stored)


def _change(stored: CourseAssignment, said: AssignmentSettings) -> None:
    services = web_services()
    assignments.change_assignment(services.sessions, instructor(), stored.id, said, services.clock())


def _without_marks(stored: CourseAssignment, said: AssignmentSettings) -> AssignmentSettings:
    return replace(said, policy=without_marks(said.policy, stored.policy))


def _saved(stored: CourseAssignment) -> Response:
    return redirect(url_for("pages.edit_assignment", assignment_id=stored.id, saved=1), 303)


def _regrade(stored: CourseAssignment, said: AssignmentSettings) -> Response:
    """Store what affects no mark, and propose the rest as a regrade, which shows first who gains and who loses.

    If no regrade can be proposed now, nothing is stored.
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
        made = propose(session, instructor(), proposal, published, services.clock())
    services.wake_bulk()
    return redirect(url_for("pages.regrade", assignment_id=stored.id, regrade_id=made), 303)


def _mark_changes(stored: CourseAssignment, said: AssignmentSettings) -> MarkChangePreview:
    with web_services().sessions() as session:
        return preview_mark_changes(session, stored, said, max_points_at(stored))


def archive_assignment(assignment_id: int) -> Response:
    """Archive the assignment."""
    return _set_archived(assignment_id, archived=True)


def restore_assignment(assignment_id: int) -> Response:
    """Restore the assignment."""
    return _set_archived(assignment_id, archived=False)


def _set_archived(assignment_id: int, *, archived: bool) -> Response:
    services = web_services()
    assignments.archive_assignment(services.sessions, instructor(), assignment_id, services.clock(), archived=archived)
    return redirect(url_for("pages.edit_assignment", assignment_id=assignment_id), 303)


def _form_context(zone: str, kept: str | None = None) -> AssignmentFormContext:
    return AssignmentFormContext(zone, web_services().catalog, kept)


def _zone(course_id: int) -> str:
    with web_services().sessions() as session:
        return find_course(session, course_id).time_zone


def _stored(assignment_id: int) -> CourseAssignment:
    with web_services().sessions() as session:
        return find_assignment(session, assignment_id)


def _sent(assignment_id: int) -> int:
    with web_services().sessions() as session:
        return submissions_to(session, assignment_id)


def _page(course_id: int, draft: AssignmentForm) -> Response:
    body = render_template(
        "courses/assignment.html",
        course_id=course_id,
        draft=draft,
        exercises=list(draft.where.catalog),
        saved="saved" in request.args,
        renamed=_renamed(draft.stored),
        **_policy_in_words(draft),
    )
    return make_response(body, 422 if draft.problems else 200)


def _renamed(stored: CourseAssignment | None) -> list[RenamedColumn]:
    """Return the files in which the column of an assignment has a different heading."""
    if stored is None:
        return []
    with web_services().sessions() as session:
        found = assignments_of(session, stored.course_id)
    return [one for one in renamed_columns(found) if one.assignment.id == stored.id]


def _policy_in_words(draft: AssignmentForm) -> dict[str, list[str]]:
    """Return the form's policy in words, and warnings; empty if it cannot be parsed."""
    said = draft.said
    published = None if said is None else draft.where.catalog.published.get(said.slug)
    if said is None or published is None or draft.problems:
        return {"words": [], "hazards": []}
    terms = Terms(said.policy, said.opens_at, said.due_at)
    plan = PlannedPolicy(said.policy, is_due=said.due_at is not None, draws=published.exercise.vary is not None)
    stored, exercise = draft.stored, published.exercise
    if stored is not None and stored.slug == said.slug:
        exercise = exercise_at(stored, published)
    return {
        "words": policy_summary(terms, exercise.max_points, in_zone(draft.where.zone)),
        "hazards": [str(POLICY_WARNINGS[hazard]) for hazard in policy_warnings(plan)],
    }
