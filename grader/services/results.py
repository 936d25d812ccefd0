from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.checking.report import Score
from grader.services import cursor as cursors
from grader.services.page import Page
from grader.store import results
from grader.store.engine import IDLE_IN_TRANSACTION_SECONDS

OVERLAP: Final = timedelta(seconds=2 * IDLE_IN_TRANSACTION_SECONDS)
"""How much further back than asked is looked.

A grading carries the time before its transaction, and can be seen only after it; clocks of machines differ a little,
too. Whoever asks again from the newest `updated_at` seen would miss what was committed late. So a result may be given
twice, and none is missed.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """A learner's best at one exercise.

    Attributes:
        exercise: its slug.
        attempts: submissions that were graded; what we could not judge is none.
        submission_id: which one was the best; of equally good ones the first.
        updated_at: when the last of them was graded, or a regrade changed which grading counts.
    """

    learner_ref: str
    exercise: str
    score: Score
    attempts: int
    submission_id: UUID
    updated_at: datetime


def changed_since(
    session: Session, since: datetime | None, cursor: str | None = None, limit: int = 200, client_id: int | None = None
) -> Page[Result]:
    """Return results in the order in which they last changed, a page at a time.

    Raises:
        UnreadableCursor: the cursor is not one of this list.
    """
    start = None if since is None else since - OVERLAP
    after = None if cursor is None else _place(cursor)
    rows = results.changed(session, start, client_id, after, limit + 1)
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(
        tuple(_result(row) for row in rows[:limit]),
        None if last is None else cursors.write(last.updated_at, last.learner_id, last.slug),
    )


def _place(cursor: str) -> results.Place:
    moment, (learner_id, slug) = cursors.read(cursor, int, str)
    return results.Place(moment, int(learner_id), str(slug))


def _result(row: Row[*tuple[Any, ...]]) -> Result:
    return Result(
        learner_ref=row.learner_ref,
        exercise=row.slug,
        score=Score(row.given, row.max),
        attempts=row.attempts,
        submission_id=row.submission_id,
        updated_at=row.updated_at,
    )
