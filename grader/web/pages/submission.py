"""The page of one submission: its answers, and the report as soon as there is one."""

from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from grader.web.auth import person
from grader.web.pages.drafts import draft_key
from grader.web.pages.own import is_own, visible_submission
from grader.web.pages.report_view import view_of
from grader.web.pages.served import as_served


def submission(submission_id: UUID) -> Response:
    """Show it; while it waits, the page asks for itself again and is told by its ETag that nothing is new."""
    shown = visible_submission(submission_id)
    published = as_served(shown)
    own = is_own(person(), shown)
    body = render_template(
        "submission.html",
        published=published,
        view=view_of(shown, published.exercise, own=own),
        draft=draft_key(person(), shown.slug) if own else None,
    )
    response = make_response(body)
    response.add_etag()
    return response.make_conditional(request)
