"""Results in REST: the best result of each learner, in order of change."""

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from flask import request
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from grader.services.accounts.authentication import Principal, Scope
from grader.services.submissions.queries import changed_since
from grader.web.api.inputs import refuse_other_learner
from grader.web.api.requests import link_next, whole_number_text
from grader.web.api.routing import Reply, operation
from grader.web.api.schemas import RequestQuery, ResponseBody, ScoreOut
from grader.web.dependencies import web_services

# RFC 3339; a "+" that was not escaped arrives as a space.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+ -]\d\d:\d\d)", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(value: object) -> object:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise PydanticCustomError("moment", "Write a time like 2026-01-31T12:00:00Z.")
    return re.sub(r" (\d\d:\d\d)$", r"+\1", value)


def _since_epoch(moment: datetime) -> datetime:
    """Clamp to 1970: nothing changed earlier, and arithmetic with dates near the year 1 fails."""
    return max(moment, EPOCH)


class ResultsAsked(RequestQuery):
    """Selects results."""

    updated_since: Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_since_epoch)] | None = Field(
        default=None, description="Only results changed at this time or later (RFC 3339)."
    )
    limit: Annotated[int, Field(ge=1, le=1000), BeforeValidator(whole_number_text)] = 200
    cursor: str | None = Field(default=None, max_length=500, description="Cursor from the previous page.")


class ResultOut(ResponseBody):
    """A learner's best result at one exercise."""

    learner_ref: str
    exercise: str
    score: ScoreOut
    attempts: int = Field(description="Number of graded submissions; failed ones do not count.")
    submission_id: UUID = Field(description="The submission with this score.")
    updated_at: datetime


class ResultPage(ResponseBody):
    """One page of results, in order of change; `next` is the cursor of the next page."""

    items: list[ResultOut]
    next: str | None


@operation("GET", "/results", scope=Scope.RESULTS, sends=("Link",))
def list_results(caller: Principal, query: ResultsAsked) -> Reply[ResultPage]:
    """List the best result of each learner at each exercise, in order of change.

    Repeat the query with `updated_since` set to the newest `updated_at` you have seen. Results from shortly before that
    time are repeated, so that none is missed.
    """
    if caller.learner_ref is not None:
        raise refuse_other_learner()
    with web_services().sessions() as session:
        page = changed_since(session, query.updated_since, query.cursor, query.limit, caller.client_id)
    items = [ResultOut.model_validate(result) for result in page.items]
    return Reply(ResultPage(items=items, next=page.next), link_next(request, page.next))
