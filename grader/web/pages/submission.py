"""The page of one submission: its answers, and the report as soon as there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from grader.catalog.load import Published
from grader.checking.policy import Attempt, Open, Terms, Worth, worth
from grader.checking.report import Score
from grader.checking.worked import worked_solution
from grader.services.assignment import Assignment, find_assignment, terms_of
from grader.services.authorise import may_see_solution
from grader.services.show import Shown
from grader.services.situation import Situation, situation_of
from grader.services.standing import standings_of
from grader.services.status import Status
from grader.services.tries import Regraded, Try, tries_of
from grader.store.outcomes import Whose
from grader.web.auth import person
from grader.web.pages.own import is_own, visible_submission
from grader.web.pages.report_view import view_of
from grader.web.pages.served import as_served
from grader.web.wiring import web_services

CAN_SEND = frozenset({Open.OPEN, Open.LATE})


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a report.

    Attributes:
        assignment: what was answered; None for practice.
        situation: where the student stands with it; None for practice, and where somebody else looks.
        tries: the student's attempts; none for others' eyes, and while the newest waits.
        again: where to go on from these answers; None where nothing more can be sent.
        others: where the other submissions are.
        shows_solution: whether it is shown how the exercise is worked out.
        regraded: how it was judged before, where it was judged anew.
        worth: what the attempt is worth at its assignment, lateness deducted; None for practice and until it is graded.
    """

    assignment: Assignment | None
    situation: Situation | None
    tries: tuple[Try, ...]
    again: str | None
    others: str
    shows_solution: bool
    regraded: Regraded | None = None
    worth: Worth | None = None


def submission(submission_id: UUID) -> Response:
    """Show it; while it waits, the page asks for itself again and is told by its ETag that nothing is new."""
    shown = visible_submission(submission_id)
    published = as_served(shown)
    own = is_own(person(), shown)
    with web_services().sessions() as session:
        around = _around(session, shown, published) if own else _for_others(session, shown, published)
    around = replace(around, regraded=next((one.regraded for one in around.tries if one.id == shown.id), None))
    body = render_template(
        "submission.html",
        published=published,
        view=view_of(shown, published.exercise, own=own, worth=around.worth),
        around=around,
        labels=_labels(published),
        solution=worked_solution(published.exercise) if around.shows_solution else (),
    )
    response = make_response(body)
    response.add_etag()
    return response.make_conditional(request)


def _around(session: Session, shown: Shown, published: Published) -> Around:
    """What a student sees around a report of the student's own."""
    if shown.assignment_id is None:
        practice = Whose(user_id=person().id, slug=shown.slug, practice=True)
        return Around(
            assignment=None,
            situation=None,
            tries=_tries(session, practice, shown, published),
            again=f"{url_for('pages.answer', slug=shown.slug)}?from={shown.id}",
            others=url_for("pages.history", exercise=shown.slug),
            shows_solution=may_see_solution(person(), _best(session, practice)),
        )
    set_ = find_assignment(session, shown.assignment_id)
    now = situation_of(session, set_, published.exercise.max_points, person().id, web_services().clock())
    terms = now.standing.terms
    place = url_for("pages.assignment", assignment_id=set_.id)
    return Around(
        assignment=set_,
        situation=now,
        tries=_tries(session, Whose(user_id=person().id, assignment_id=set_.id), shown, published, terms),
        again=f"{place}?from={shown.id}" if now.state in CAN_SEND else None,
        others=place,
        shows_solution=shown.disclosure.solution,
        worth=_worth(terms, shown, published),
    )


def _for_others(session: Session, shown: Shown, published: Published) -> Around:
    """What those who teach see around a student's report."""
    if shown.assignment_id is None:
        others = url_for("pages.dashboard", slug=shown.slug)
        return Around(None, None, (), None, others, shows_solution=True)
    set_ = find_assignment(session, shown.assignment_id)
    if shown.user_id is None:
        others = url_for("pages.assignment_dashboard", assignment_id=set_.id)
        return Around(set_, None, (), None, others, shows_solution=True)
    others = url_for("pages.assignment_student", assignment_id=set_.id, user_id=shown.user_id)
    made = _worth(terms_of(session, set_, shown.user_id), shown, published)
    return Around(set_, None, (), None, others, shows_solution=True, worth=made)


def _worth(terms: Terms, shown: Shown, published: Published) -> Worth | None:
    """What it is worth, as far as its report is shown."""
    if shown.report is None:
        return None
    attempt = Attempt(shown.id, shown.submitted_at, shown.report.score.given, shown.report.score.max)
    return worth(terms, attempt, published.exercise.max_points)


def _tries(
    session: Session, whose: Whose, shown: Shown, published: Published, terms: Terms | None = None
) -> tuple[Try, ...]:
    """While it waits, the page is asked for again and again: attempts are looked up once it is judged."""
    if shown.status is Status.PENDING:
        return ()
    return tries_of(session, whose, published.exercise.field_names, shown.disclosure, terms)


def _best(session: Session, whose: Whose) -> Score | None:
    """The best that the person has reached."""
    standings = standings_of(session, whose)
    return standings[0].best if standings else None


def _labels(published: Published) -> Mapping[str, str]:
    return {one.name: one.label for one in published.exercise.fields}
