"""Practice of an exercise as instructors see it: from the tallies, and from the queue for what still waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from grader.store.outcomes import counts_for_submission
from grader.store.submission_tables import (
    ExerciseTally,
    Failure,
    Grading,
    Learner,
    LearnerResult,
    Submission,
    VerdictCount,
    Waiting,
)
from grader.store.tables import Client


def counts_per_exercise(session: Session, slug: str | None = None) -> dict[str, tuple[int, int, int, int, int]]:
    """Return learners, graded, failed, unusable and waiting submissions by slug: of one exercise, or of all."""
    one = [] if slug is None else [ExerciseTally.slug == slug]
    tallied = select(ExerciseTally.learners, ExerciseTally.graded, ExerciseTally.failed, ExerciseTally.unusable)
    rows = session.execute(tallied.add_columns(ExerciseTally.slug).where(*one))
    counts = {row.slug: (row.learners, row.graded, row.failed, row.unusable, 0) for row in rows}
    for row in session.execute(_waiting_per_exercise(slug)):
        learners, graded, failed, unusable, _ = counts.get(row.slug, (0, 0, 0, 0, 0))
        counts[row.slug] = (learners + row.newcomers, graded, failed, unusable, row.waiting)
    return {name: numbers for name, numbers in counts.items() if any(numbers)}


def _waiting_per_exercise(slug: str | None) -> Select[str, int, int]:
    """Select what waits, and the learners of whom nothing else is known; costs as much as the queue is long."""
    pending = _pending(slug)
    known = and_(
        LearnerResult.learner_id == pending.c.learner_id, LearnerResult.slug == pending.c.slug, LearnerResult.practised
    )
    return (
        select(
            pending.c.slug,
            func.sum(pending.c.sent).label("waiting"),
            func.count().filter(LearnerResult.learner_id.is_(None)).label("newcomers"),
        )
        .select_from(pending)
        .outerjoin(LearnerResult, known)
        .group_by(pending.c.slug)
    )


def _pending(slug: str | None) -> CTE:
    """Select learner, slug, number and ids of practice that waits for its first outcome."""
    wanted = (
        select(
            Submission.learner_id,
            Submission.slug,
            func.count().label("sent"),
            func.array_agg(aggregate_order_by(Submission.id, Submission.submitted_at, Submission.id)).label("ids"),
        )
        .select_from(Waiting)
        .join(Submission, Submission.id == Waiting.submission_id)
        .outerjoin(Grading, counts_for_submission())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.assignment_id.is_(None), Grading.id.is_(None), Failure.submission_id.is_(None))
        .group_by(Submission.learner_id, Submission.slug)
    )
    return (wanted if slug is None else wanted.where(Submission.slug == slug)).cte("pending")


def practice_verdicts(session: Session, slug: str) -> Sequence[Row[str, str, int]]:
    """Return field, verdict and frequency, over the best submission of each learner.

    One per learner, so that trying more often has no weight; the best, so that the figures show what the class can do
    now and agree with its scores.
    """
    wanted = select(VerdictCount.field, VerdictCount.verdict, VerdictCount.times)
    return session.execute(wanted.where(VerdictCount.slug == slug, VerdictCount.times > 0)).all()


def practising_learners(session: Session, slug: str, after: int | None, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return learners with their best submission, by reference, starting after this learner.

    `attempts` counts what still waits, and not what could not be judged; a learner of whom everything could not be
    judged is left out.
    """
    pending = _pending(slug)
    tried, fresh = _tried(slug, pending), _newcomers(slug, pending)
    if after is not None:
        place = select(Learner.ref, Learner.id).where(Learner.id == after).subquery()
        tried = tried.where(_is_after(LearnerResult.learner_ref, LearnerResult.learner_id, place))
        fresh = fresh.where(_is_after(Learner.ref, Learner.id, place))
    tried = tried.order_by(LearnerResult.learner_ref, LearnerResult.learner_id).limit(limit)
    fresh = fresh.order_by(Learner.ref, Learner.id).limit(limit)
    both = union_all(select(tried.subquery()), select(fresh.subquery())).subquery("both")
    wanted = select(both, Client.name.label("client")).join(Client, Client.id == both.c.client_id)
    return session.execute(wanted.order_by(both.c.learner_ref, both.c.learner_id).limit(limit)).all()


def _is_after(ref: Any, learner_id: Any, place: Any) -> ColumnElement[bool]:
    return tuple_(ref, learner_id) > select(place.c.ref, place.c.id).scalar_subquery()


def _tried(slug: str, pending: CTE) -> Select[*tuple[Any, ...]]:
    sent = func.coalesce(pending.c.sent, 0)
    return (
        select(
            LearnerResult.learner_id,
            LearnerResult.learner_ref,
            LearnerResult.client_id,
            (LearnerResult.practice_graded + sent).label("attempts"),
            func.coalesce(LearnerResult.practice_submission_id, pending.c.ids[1]).label("submission_id"),
            LearnerResult.practice_given.label("given"),
            LearnerResult.practice_max.label("max"),
        )
        .outerjoin(pending, pending.c.learner_id == LearnerResult.learner_id)
        .where(LearnerResult.slug == slug, LearnerResult.practised, LearnerResult.practice_graded + sent > 0)
    )


def _newcomers(slug: str, pending: CTE) -> Select[*tuple[Any, ...]]:
    known = select(literal(1)).where(
        LearnerResult.learner_id == pending.c.learner_id, LearnerResult.slug == slug, LearnerResult.practised
    )
    return (
        select(
            Learner.id.label("learner_id"),
            Learner.ref.label("learner_ref"),
            Learner.client_id,
            pending.c.sent.label("attempts"),
            pending.c.ids[1].label("submission_id"),
            cast(null(), LearnerResult.given.type).label("given"),
            cast(null(), LearnerResult.max.type).label("max"),
        )
        .join_from(pending, Learner, Learner.id == pending.c.learner_id)
        .where(~known.exists())
    )


def failed_submissions(session: Session, slug: str, limit: int) -> Sequence[Row[UUID, datetime, str, str]]:
    """Return id, time, learner and reason of submissions that could not be judged, newest first.

    The newest are of the learners to whom it happened last, who are found by an index. If there are as many learners
    as wanted, none is older than the last of the least recent among them.
    """
    whose = (
        select(LearnerResult.learner_id, LearnerResult.learner_ref, LearnerResult.practice_failed_at)
        .where(LearnerResult.slug == slug, LearnerResult.practice_failed > 0)
        .order_by(LearnerResult.practice_failed_at.desc())
        .limit(limit)
        .cte("whose")
    )
    oldest = select(
        case(
            (func.count() == limit, func.min(whose.c.practice_failed_at)),
            else_=cast("-infinity", DateTime(timezone=True)),
        )
    ).scalar_subquery()
    stuck = (
        select(Submission.id, Submission.submitted_at, Failure.reason)
        .join(Failure, Failure.submission_id == Submission.id)
        .outerjoin(Grading, counts_for_submission())
        .where(Submission.learner_id == whose.c.learner_id, Submission.slug == slug)
        .where(Submission.submitted_at >= oldest)
        .where(Submission.assignment_id.is_(None), Failure.unusable_file.is_(None), Grading.id.is_(None))
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(limit)
        .lateral("stuck")
    )
    wanted = select(stuck, whose.c.learner_ref).join_from(whose, stuck, true())
    return session.execute(wanted.order_by(stuck.c.submitted_at.desc(), stuck.c.id.desc()).limit(limit)).all()
