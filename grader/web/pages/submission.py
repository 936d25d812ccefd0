"""The page of one submission: its answers, and the report as soon as there is one."""

from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from grader.checking.report import Score
from grader.checking.worked import worked_solution
from grader.services.authorise import may_see_solution
from grader.services.show import Shown
from grader.services.standing import standings_of
from grader.store.outcomes import Whose
from grader.web.auth import person
from grader.web.pages.own import is_own, visible_submission
from grader.web.pages.report_view import view_of
from grader.web.pages.served import as_served
from grader.web.wiring import web_services


def submission(submission_id: UUID) -> Response:
    """Show it; while it waits, the page asks for itself again and is told by its ETag that nothing is new."""
    shown = visible_submission(submission_id)
    published = as_served(shown)
    own = is_own(person(), shown)
    body = render_template(
        "submission.html",
        published=published,
        view=view_of(shown, published.exercise, own=own),
        solution=worked_solution(published.exercise) if may_see_solution(person(), _best(shown)) else (),
    )
    response = make_response(body)
    response.add_etag()
    return response.make_conditional(request)


def _best(shown: Shown) -> Score | None:
    """The best that the person has reached at this exercise."""
    with web_services().sessions() as session:
        standings = standings_of(session, Whose(user_id=person().id, slug=shown.slug))
    return standings[0].best if standings else None
