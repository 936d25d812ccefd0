"""The best of each learner at each exercise, in the order in which it last changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, true, tuple_
from sqlalchemy.orm import Session

from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.outcomes import best_first, current_grading
from grader.store.submissions import Submission


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended."""

    updated_at: datetime
    learner_id: int
    slug: str


def changed(
    session: Session, since: datetime | None, client_id: int | None, after: Place | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return learner, slug, attempts, best score and when this last changed: only gradings that count do so, from when they count."""
    page = _changed(since, client_id, after).limit(limit).subquery("page")
    current = current_grading()
    best = (
        select(
            Submission.id.label("submission_id"), current.c.given, current.c.max, func.count().over().label("attempts")
        )
        .join_from(Submission, current, true())
        .where(Submission.learner_id == page.c.learner_id, Submission.slug == page.c.slug)
        .order_by(*best_first(current))
        .limit(1)
        .lateral("best")
    )
    wanted = (
        select(page, Learner.ref.label("learner_ref"), best)
        .join_from(page, Learner, Learner.id == page.c.learner_id)
        .join(best, true())
    )
    return session.execute(wanted.order_by(page.c.updated_at, page.c.learner_id, page.c.slug)).all()


def _changed(since: datetime | None, client_id: int | None, after: Place | None) -> Any:
    counts_since = func.coalesce(Grading.counts_since, Grading.graded_at)
    updated_at = func.max(counts_since)
    order = (updated_at, Submission.learner_id, Submission.slug)
    conditions: list[ColumnElement[bool]] = [Grading.counts.is_(True)]
    if since is not None:
        conditions.append(counts_since >= since)
    if client_id is not None:
        conditions.append(Submission.client_id == client_id)
    wanted = (
        select(Submission.learner_id, Submission.slug, updated_at.label("updated_at"))
        .join_from(Grading, Submission, Submission.id == Grading.submission_id)
        .where(*conditions)
        .group_by(Submission.learner_id, Submission.slug)
        .order_by(*order)
    )
    if after is None:
        return wanted
    return wanted.having(tuple_(*order) > tuple_(after.updated_at, after.learner_id, after.slug))
