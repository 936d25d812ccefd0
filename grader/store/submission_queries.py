"""Submissions with their outcomes, as read by pages, the API and marks.

A submission ended in one of four ways: graded, failed through a fault of ours, with an unusable file, or not yet. A
grading outweighs a failure, since a submission may be judged after it was set aside. Of several gradings, the one that
counts is meant: the others are of earlier judging, or proposed by a regrade.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    UnaryExpression,
    and_,
    bindparam,
    case,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from grader.store.submission_tables import (
    Failure,
    Grading,
    Learner,
    LearnerResult,
    Regrade,
    RegradeResult,
    Submission,
)
from grader.store.tables import Client, Revision
from grader.vocabulary import IN_FORCE, SubmissionFilter

Columns = TypeVarTuple("Columns")


def counts_for_submission(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that a grading is the one that counts, of the submission in the query."""
    return and_(grading.submission_id == Submission.id, grading.counts)


def with_outcome(wanted: Select[*Columns]) -> Select[*Columns]:
    """Join to submissions the grading that counts and the failure; their columns are NULL where there is none."""
    graded = wanted.outerjoin(Grading, counts_for_submission())
    return graded.outerjoin(Failure, Failure.submission_id == Submission.id)


def has_failed(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that a submission could not be judged, whatever the reason.

    Args:
        grading: where the query has joined the grading that counts, if not as `Grading`.
    """
    return and_(Failure.submission_id.is_not(None), grading.id.is_(None))


def has_unusable_file(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that it could not be judged because its file cannot be used."""
    return and_(Failure.unusable_file.is_not(None), grading.id.is_(None))


def has_failed_here(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that it could not be judged through a fault of ours."""
    return and_(has_failed(grading), Failure.unusable_file.is_(None))


def _conditions(whose: SubmissionFilter) -> list[ColumnElement[bool]]:
    """Return a filter as conditions on submissions and their learners."""
    asked = (
        (Submission.client_id, whose.client_id),
        (Learner.ref, whose.learner_ref),
        (Learner.user_id, whose.user_id),
        (Submission.slug, whose.slug),
        (Submission.assignment_id, whose.assignment_id),
    )
    found = [column == wanted for column, wanted in asked if wanted is not None]
    return [*found, Submission.assignment_id.is_(None)] if whose.practice else found


def current_grading() -> LateralFromClause:
    """Return a lateral join with the counting grading of the submission in the surrounding query."""
    return select(Grading).where(counts_for_submission()).lateral("current")


def best_first(current: LateralFromClause) -> tuple[UnaryExpression[Any], ...]:
    """Return an order that begins with the best score, and among equally good ones with the earliest.

    Scores are compared as shares, because an exercise may have other points in another revision.
    """
    share = current.c.given / func.nullif(current.c.max, 0)
    return share.desc().nulls_last(), Submission.submitted_at.asc(), Submission.id.asc()


def find_outcome(session: Session, submission_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Return one submission including answers and report."""
    return session.execute(_of_one(), {"submission_id": submission_id}).one_or_none()


@cache
def _of_one() -> Select[*tuple[Any, ...]]:
    """Built once: building the statement costs several times its execution, and clients poll it."""
    current = current_grading()
    wanted = _outcomes(current, Submission.answers, Submission.givens, current.c.report, Revision.title)
    return wanted.where(Submission.id == bindparam("submission_id"))


def newest_outcomes(
    session: Session, whose: SubmissionFilter, limit: int, before: tuple[datetime, UUID] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return submissions without answers and reports, newest first, starting after `before`."""
    wanted = _outcomes(current_grading(), Revision.title).where(*_conditions(whose))
    if before is not None:
        wanted = wanted.where(tuple_(Submission.submitted_at, Submission.id) < tuple_(*before))
    return session.execute(wanted.order_by(Submission.submitted_at.desc(), Submission.id.desc()).limit(limit)).all()


def _outcomes(current: LateralFromClause, *more: Any) -> Select[*tuple[Any, ...]]:
    """Select outcomes; a grading takes precedence over a failure, since judging may succeed after it was set aside.

    The revision is the one it is judged by, which a regrade may have replaced.
    """
    status = case(
        (current.c.id.is_not(None), "graded"),
        (has_unusable_file(current.c), "unusable"),
        (has_failed(current.c), "failed"),
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


def attempts_at(
    session: Session, assignment_ids: Collection[int], user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return assignment, user, submission, time, score, whether judging failed and whether due to its file, by time.

    Submissions of learners without a user (of an LMS) are left out.
    """
    wanted = (
        select(
            Submission.assignment_id,
            Learner.user_id,
            Submission.id,
            Submission.submitted_at,
            Grading.given,
            Grading.max,
            has_failed().label("failed"),
            has_unusable_file().label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .where(Submission.assignment_id.in_(assignment_ids), Learner.user_id.is_not(None))
        .order_by(Submission.submitted_at, Submission.id)
    )
    if user_ids is not None:
        wanted = wanted.where(Learner.user_id.in_(user_ids))
    return session.execute(with_outcome(wanted)).all()


def used_attempts(session: Session, assignment_id: int, learner_id: int) -> int:
    """Return how many attempts a learner has used; submissions that failed or have an unusable file do not count."""
    counted = (
        select(func.count())
        .select_from(Submission)
        .where(Submission.assignment_id == assignment_id, Submission.learner_id == learner_id)
        .where(~has_failed())
    )
    return session.scalars(with_outcome(counted)).one()


def newest_attempts(session: Session, whose: SubmissionFilter, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return id, time, revision, answers, score, verdicts, whether judging failed, and whether due to its file."""
    attempts = (
        select(
            Submission.id,
            Submission.submitted_at,
            Submission.revision,
            Submission.answers,
            Grading.given,
            Grading.max,
            Grading.verdicts,
            has_failed().label("failed"),
            has_unusable_file().label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .where(*_conditions(whose))
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(limit)
    )
    return session.execute(with_outcome(attempts)).all()


def regraded_submissions(session: Session, submission_ids: Sequence[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return submission, score and policy before and after, time and reason of every applied regrade, oldest first."""
    before, after = aliased(Grading), aliased(Grading)
    return session.execute(
        select(
            RegradeResult.submission_id,
            before.given.label("before"),
            before.max.label("max_before"),
            after.given.label("after"),
            after.max,
            Regrade.before["policy"].label("policy_before"),
            Regrade.applied_at,
            Regrade.reason,
        )
        .join(Regrade, Regrade.id == RegradeResult.regrade_id)
        .join(after, after.id == RegradeResult.after_id)
        .outerjoin(before, before.id == RegradeResult.before_id)
        .where(RegradeResult.submission_id.in_(submission_ids), Regrade.state.in_(IN_FORCE))
        .order_by(Regrade.applied_at, Regrade.id)
    ).all()


def best_outcomes(session: Session, whose: SubmissionFilter) -> Sequence[Row[Any]]:
    """Return the best submission of each learner at each exercise, by learner, client and slug; the first of equals.

    A submission that could not be judged is not an attempt.
    """
    current = current_grading()
    kin = (Submission.learner_id, Submission.slug)
    ranked = (
        select(
            Submission.id,
            Submission.slug,
            Learner.ref.label("learner_ref"),
            Client.name.label("client"),
            current.c.given,
            current.c.max,
            func.count().over(partition_by=kin).label("attempts"),
            func.row_number().over(partition_by=kin, order_by=best_first(current)).label("place"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .outerjoin(current, true())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(*_conditions(whose), ~has_failed(current.c))
        .subquery()
    )
    first = select(ranked).where(ranked.c.place == 1)
    return session.execute(first.order_by(ranked.c.learner_ref, ranked.c.client, ranked.c.slug)).all()


@dataclass(frozen=True, slots=True)
class ResultPosition:
    """The end of a page."""

    updated_at: datetime
    learner_id: int
    slug: str


def changed_results(
    session: Session, since: datetime | None, client_id: int | None, after: ResultPosition | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return learner, slug, attempts, best score and time of the last change among the counting gradings."""
    order = (LearnerResult.updated_at, LearnerResult.learner_id, LearnerResult.slug)
    wanted = select(
        LearnerResult.learner_id,
        LearnerResult.slug,
        LearnerResult.updated_at,
        Learner.ref.label("learner_ref"),
        LearnerResult.submission_id,
        LearnerResult.given,
        LearnerResult.max,
        LearnerResult.attempts,
    ).join(Learner, Learner.id == LearnerResult.learner_id)
    wanted = wanted.where(LearnerResult.updated_at.is_not(None))
    if since is not None:
        wanted = wanted.where(LearnerResult.updated_at >= since)
    if client_id is not None:
        wanted = wanted.where(LearnerResult.client_id == client_id)
    if after is not None:
        wanted = wanted.where(tuple_(*order) > tuple_(after.updated_at, after.learner_id, after.slug))
    return session.execute(wanted.order_by(*order).limit(limit)).all()
