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

from grader.store import submission_tables
from grader.store.submission_queries import counts_for_submission
from grader.store.tables import Client


def counts_per_exercise(session: Session, slug: str | None = None) -> dict[str, tuple[int, int, int, int, int]]:
    """Return learners, graded, failed, unusable and waiting submissions by slug: of one exercise, or of all."""
    one = [] if slug is None else [submission_tables.ExerciseTally.slug == slug]
    tallied = select(
        submission_tables.ExerciseTally.learners,
        submission_tables.ExerciseTally.graded,
        submission_tables.ExerciseTally.failed,
        submission_tables.ExerciseTally.unusable,
    )
    rows = session.execute(tallied.add_columns(submission_tables.ExerciseTally.slug).where(*one))
    counts = {row.slug: (row.learners, row.graded, row.failed, row.unusable, 0) for row in rows}
    for row in session.execute(_waiting_per_exercise(slug)):
        learners, graded, failed, unusable, _ = counts.get(row.slug, (0, 0, 0, 0, 0))
        counts[row.slug] = (learners + row.newcomers, graded, failed, unusable, row.waiting)
    return {name: numbers for name, numbers in counts.items() if any(numbers)}


def _waiting_per_exercise(slug: str | None) -> Select[str, int, int]:
    """Select what waits, and the learners of whom nothing else is known; costs as much as the queue is long."""
    pending = _pending(slug)
    known = and_(
        submission_tables.LearnerResult.learner_id == pending.c.learner_id,
        submission_tables.LearnerResult.slug == pending.c.slug,
        submission_tables.LearnerResult.practised,
    )
    return (
        select(
            pending.c.slug,
            func.sum(pending.c.sent).label("waiting"),
            func.count().filter(submission_tables.LearnerResult.learner_id.is_(None)).label("newcomers"),
        )
        .select_from(pending)
        .outerjoin(submission_tables.LearnerResult, known)
        .group_by(pending.c.slug)
    )


def _pending(slug: str | None) -> CTE:
    """Select learner, slug, number and ids of practice that waits for its first outcome."""
    wanted = (
        select(
            submission_tables.Submission.learner_id,
            submission_tables.Submission.slug,
            func.count().label("sent"),
            func.array_agg(
                aggregate_order_by(
                    submission_tables.Submission.id,
                    submission_tables.Submission.submitted_at,
                    submission_tables.Submission.id,
                )
            ).label("ids"),
        )
        .select_from(submission_tables.Waiting)
        .join(submission_tables.Submission, submission_tables.Submission.id == submission_tables.Waiting.submission_id)
        .outerjoin(submission_tables.Grading, counts_for_submission())
        .outerjoin(
            submission_tables.Failure, submission_tables.Failure.submission_id == submission_tables.Submission.id
        )
        .where(
            submission_tables.Submission.assignment_id.is_(None),
            submission_tables.Grading.id.is_(None),
            submission_tables.Failure.submission_id.is_(None),
        )
        .group_by(submission_tables.Submission.learner_id, submission_tables.Submission.slug)
    )
    return (wanted if slug is None else wanted.where(submission_tables.Submission.slug == slug)).cte("pending")


def practice_verdicts(session: Session, slug: str) -> Sequence[Row[str, str, int]]:
    """Return field, verdict and frequency, over the best submission of each learner.

    One per learner, so that trying more often has no weight; the best, so that the figures show what the class can do
    now and agree with its scores.
    """
    wanted = select(
        submission_tables.VerdictCount.field,
        submission_tables.VerdictCount.verdict,
        submission_tables.VerdictCount.times,
    )
    return session.execute(
        wanted.where(submission_tables.VerdictCount.slug == slug, submission_tables.VerdictCount.times > 0)
    ).all()


def practising_learners(session: Session, slug: str, after: int | None, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return learners with their best submission, by reference, starting after this learner.

    `attempts` counts what still waits, and not what could not be judged; a learner of whom everything could not be
    judged is left out.
    """
    pending = _pending(slug)
    tried, fresh = _tried(slug, pending), _newcomers(slug, pending)
    if after is not None:
        place = (
            select(submission_tables.Learner.ref, submission_tables.Learner.id)
            .where(submission_tables.Learner.id == after)
            .subquery()
        )
        tried = tried.where(
            _is_after(submission_tables.LearnerResult.learner_ref, submission_tables.LearnerResult.learner_id, place)
        )
        fresh = fresh.where(_is_after(submission_tables.Learner.ref, submission_tables.Learner.id, place))
    tried = tried.order_by(
        submission_tables.LearnerResult.learner_ref, submission_tables.LearnerResult.learner_id
    ).limit(limit)
    fresh = fresh.order_by(submission_tables.Learner.ref, submission_tables.Learner.id).limit(limit)
    both = union_all(select(tried.subquery()), select(fresh.subquery())).subquery("both")
    wanted = select(both, Client.name.label("client")).join(Client, Client.id == both.c.client_id)
    return session.execute(wanted.order_by(both.c.learner_ref, both.c.learner_id).limit(limit)).all()


def _is_after(ref: Any, learner_id: Any, place: Any) -> ColumnElement[bool]:
    return tuple_(ref, learner_id) > select(place.c.ref, place.c.id).scalar_subquery()


def _tried(slug: str, pending: CTE) -> Select[*tuple[Any, ...]]:
    sent = func.coalesce(pending.c.sent, 0)
    return (
        select(
            submission_tables.LearnerResult.learner_id,
            submission_tables.LearnerResult.learner_ref,
            submission_tables.LearnerResult.client_id,
            (submission_tables.LearnerResult.practice_graded + sent).label("attempts"),
            func.coalesce(submission_tables.LearnerResult.practice_submission_id, pending.c.ids[1]).label(
                "submission_id"
            ),
            submission_tables.LearnerResult.practice_given.label("given"),
            submission_tables.LearnerResult.practice_max.label("max"),
        )
        .outerjoin(pending, pending.c.learner_id == submission_tables.LearnerResult.learner_id)
        .where(
            submission_tables.LearnerResult.slug == slug,
            submission_tables.LearnerResult.practised,
            submission_tables.LearnerResult.practice_graded + sent > 0,
        )
    )


def _newcomers(slug: str, pending: CTE) -> Select[*tuple[Any, ...]]:
    known = select(literal(1)).where(
        submission_tables.LearnerResult.learner_id == pending.c.learner_id,
        submission_tables.LearnerResult.slug == slug,
        submission_tables.LearnerResult.practised,
    )
    return (
        select(
            submission_tables.Learner.id.label("learner_id"),
            submission_tables.Learner.ref.label("learner_ref"),
            submission_tables.Learner.client_id,
            pending.c.sent.label("attempts"),
            pending.c.ids[1].label("submission_id"),
            cast(null(), submission_tables.LearnerResult.given.type).label("given"),
            cast(null(), submission_tables.LearnerResult.max.type).label("max"),
        )
        .join_from(pending, submission_tables.Learner, submission_tables.Learner.id == pending.c.learner_id)
        .where(~known.exists())
    )


def failed_submissions(session: Session, slug: str, limit: int) -> Sequence[Row[UUID, datetime, str, str]]:
    """Return id, time, learner and reason of submissions that could not be judged, newest first.

    The newest are of the learners to whom it happened last, who are found by an index. If there are as many learners
    as wanted, none is older than the last of the least recent among them.
    """
    whose = (
        select(
            submission_tables.LearnerResult.learner_id,
            submission_tables.LearnerResult.learner_ref,
            submission_tables.LearnerResult.practice_failed_at,
        )
        .where(submission_tables.LearnerResult.slug == slug, submission_tables.LearnerResult.practice_failed > 0)
        .order_by(submission_tables.LearnerResult.practice_failed_at.desc())
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
        select(
            submission_tables.Submission.id, submission_tables.Submission.submitted_at, submission_tables.Failure.reason
        )
        .join(submission_tables.Failure, submission_tables.Failure.submission_id == submission_tables.Submission.id)
        .outerjoin(submission_tables.Grading, counts_for_submission())
        .where(submission_tables.Submission.learner_id == whose.c.learner_id, submission_tables.Submission.slug == slug)
        .where(submission_tables.Submission.submitted_at >= oldest)
        .where(
            submission_tables.Submission.assignment_id.is_(None),
            submission_tables.Failure.unusable_file.is_(None),
            submission_tables.Grading.id.is_(None),
        )
        .order_by(submission_tables.Submission.submitted_at.desc(), submission_tables.Submission.id.desc())
        .limit(limit)
        .lateral("stuck")
    )
    wanted = select(stuck, whose.c.learner_ref).join_from(whose, stuck, true())
    return session.execute(wanted.order_by(stuck.c.submitted_at.desc(), stuck.c.id.desc()).limit(limit)).all()
