from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.checking.policy import Worth
from grader.checking.report import Score
from grader.services import cursor
from grader.services.errors import UnreadableCursor
from grader.services.page import Page
from grader.services.status import Status
from grader.store import outcomes
from grader.store.outcomes import Whose


@dataclass(frozen=True, slots=True)
class ShownSummary:
    """One submission in a list; `worth` where it is an attempt at an assignment, and shown to who sent it."""

    id: UUID
    status: Status
    slug: str
    title: str
    revision: str
    learner_ref: str
    client_id: int
    client: str
    user_id: int | None
    submitted_at: datetime
    graded_at: datetime | None
    score: Score | None
    failure_reason: str | None
    assignment_id: int | None = None
    worth: Worth | None = None


def history(session: Session, whose: Whose, limit: int = 50, before: str | None = None) -> Page[ShownSummary]:
    """Return submissions, newest first; `before` is the cursor of the page before.

    Raises:
        UnreadableCursor: the cursor is not one of this list.
    """
    rows = outcomes.newest(session, whose, limit + 1, None if before is None else _place(before))
    shown = tuple(_summary(row) for row in rows[:limit])
    more = len(rows) > limit
    return Page(shown, cursor.write(shown[-1].submitted_at, shown[-1].id.hex) if more else None)


def _place(before: str) -> tuple[datetime, UUID]:
    moment, (submission_id,) = cursor.read(before, str)
    try:
        return moment, UUID(str(submission_id))
    except ValueError as error:
        raise UnreadableCursor("This cursor belongs to another list; start again without one.") from error


def _summary(row: Row[*tuple[Any, ...]]) -> ShownSummary:
    return ShownSummary(
        id=row.id,
        status=Status(row.status),
        slug=row.slug,
        title=row.title,
        revision=row.revision,
        learner_ref=row.learner_ref,
        client_id=row.client_id,
        client=row.client,
        user_id=row.user_id,
        submitted_at=row.submitted_at,
        graded_at=row.graded_at,
        score=None if row.given is None else Score(row.given, row.max),
        failure_reason=row.failure_reason,
        assignment_id=row.assignment_id,
    )
