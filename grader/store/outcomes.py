"""Submissions together with how they ended: what every page and every reply is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, UnaryExpression, bindparam, case, func, select, true, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import LateralFromClause

from grader.store.clients import Client
from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.revisions import Revision
from grader.store.submissions import Submission


@dataclass(frozen=True, slots=True)
class Whose:
    """Which submissions are meant; what is None is not asked for."""

    client_id: int | None = None
    learner_ref: str | None = None
    user_id: int | None = None
    slug: str | None = None
    assignment_id: int | None = None
    practice: bool = False
    """Only what was sent for no assignment."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same, for a WHERE over submissions and their learners."""
        asked = (
            (Learner.client_id, self.client_id),
            (Learner.ref, self.learner_ref),
            (Learner.user_id, self.user_id),
            (Submission.slug, self.slug),
            (Submission.assignment_id, self.assignment_id),
        )
        found = [column == wanted for column, wanted in asked if wanted is not None]
        return [*found, Submission.assignment_id.is_(None)] if self.practice else found


def current_grading() -> LateralFromClause:
    """The grading that counts, of the submission of the surrounding query."""
    return select(Grading).where(Grading.submission_id == Submission.id, Grading.counts).lateral("current")


def best_first(current: LateralFromClause) -> tuple[UnaryExpression[Any], ...]:
    """An order of submissions that begins with the best score; of equally good ones with the earliest.

    The share of the points counts: an exercise may be worth more in another revision.
    """
    share = current.c.given / func.nullif(current.c.max, 0)
    return share.desc().nulls_last(), Submission.submitted_at.asc(), Submission.id.asc()


def find(session: Session, submission_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Return one submission with answers, report and all."""
    return session.execute(_of_one(), {"submission_id": submission_id}).one_or_none()


@cache
def _of_one() -> Select[*tuple[Any, ...]]:
    """Built once: building it costs several times what asking it does, and who waits for a report asks often."""
    current = current_grading()
    wanted = _outcomes(current, Submission.answers, Submission.givens, current.c.report, Revision.title)
    return wanted.where(Submission.id == bindparam("submission_id"))


def newest(
    session: Session, whose: Whose, limit: int, before: tuple[datetime, UUID] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return submissions without answers and reports, newest first, from behind `before` on."""
    wanted = _outcomes(current_grading(), Revision.title).where(*whose.conditions())
    if before is not None:
        wanted = wanted.where(tuple_(Submission.submitted_at, Submission.id) < tuple_(*before))
    return session.execute(wanted.order_by(Submission.submitted_at.desc(), Submission.id.desc()).limit(limit)).all()


def _outcomes(current: LateralFromClause, *more: Any) -> Select[*tuple[Any, ...]]:
    """A grading outweighs a failure: a submission may be judged after it was set aside.

    The revision is the one that it is judged by, which a regrade may have put in place of the one that was answered.
    """
    status = case(
        (current.c.id.is_not(None), "graded"),
        (Failure.unusable_file.is_not(None), "unusable"),
        (Failure.submission_id.is_not(None), "failed"),
        else_="pending",
    )
    return (
        select(
            Submission.id,
            status.label("status"),
            Submission.slug,
            Submission.assignment_id,
            func.coalesce(current.c.revision, Submission.revision).label("revision"),
            Submission.submitted_at,
            Submission.client_ref,
            Learner.client_id,
            Client.name.label("client"),
            Learner.ref.label("learner_ref"),
            Learner.user_id,
            current.c.given,
            current.c.max,
            current.c.graded_at,
            case((current.c.id.is_(None), Failure.reason)).label("failure_reason"),
            case((current.c.id.is_(None), Failure.unusable_file)).label("unusable_file"),
            *more,
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .join(Revision, Revision.revision == Submission.revision)
        .outerjoin(current, true())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
    )
