"""Regrades: remaining submissions, comparison of before and after, and the switch of gradings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, and_, any_, cast, func, literal, or_, select, update
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from grader.store.submission_queries import counts_for_submission, has_failed
from grader.store.submission_tables import Failure, Grading, Learner, Regrade, RegradeChunk, RegradeResult, Submission
from grader.store.tables import Assignment, table
from grader.vocabulary import IN_FORCE, IN_PROGRESS, RegradeState

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class HeldRegrade:
    """A regrade claimed by this worker until its lease ends; `until` identifies the claim."""

    id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class RegradeTarget:
    """How every submission to an assignment is to be judged.

    Attributes:
        revision: None if each submission keeps the revision it is judged by now, or was sent for.
        is_way_back: whether a regrade is rolled back: what counts now is its outcome, and the earlier outcome is
            wanted.
    """

    regrade_id: int
    assignment_id: int
    judge_version: int
    revision: str | None
    overrides: Mapping[str, Any]
    overrides_key: str
    is_way_back: bool = False


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why a submission is not judged again, in English; `unusable_file` as in `RegradeResult`."""

    reason: str
    unusable_file: dict[str, Any] | None = None


def claim_regrade(
    session: Session, now: datetime, until: datetime, holder: str | None = None
) -> Row[*tuple[Any, ...]] | None:
    """Claim the oldest requested regrade, to plan or to complete it.

    Return None if there is none, or others are at work on it, by a claim like this or of its chunks. Only one regrade
    is worked on at a time: interactive grading needs the processors more.
    """
    oldest = (
        select(Regrade.id)
        .where(Regrade.state.in_(IN_PROGRESS))
        .order_by(Regrade.asked_at, Regrade.id)
        .limit(1)
        .scalar_subquery()
    )
    is_free = or_(Regrade.lease_until.is_(None), Regrade.lease_until <= now)
    is_judged = ~select(RegradeChunk.number).where(RegradeChunk.regrade_id == Regrade.id).exists()
    picked = (
        select(Regrade.id)
        .where(Regrade.id == oldest, is_free, is_judged)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = (
        update(Regrade).where(Regrade.id == picked).values(lease_until=until, holder=holder, tries=Regrade.tries + 1)
    )
    return session.execute(taken.returning(*table(Regrade).c)).one_or_none()


def holders(session: Session) -> set[str]:
    """Return the names of all holders of regrades."""
    held = select(Regrade.holder).where(Regrade.state.in_(IN_PROGRESS), Regrade.lease_until.is_not(None))
    return {holder for holder in session.scalars(held) if holder is not None}


def free(session: Session, holders: Collection[str]) -> set[int]:
    """End the leases of dead holders, and return their regrades."""
    held = and_(Regrade.state.in_(IN_PROGRESS), Regrade.holder.in_(sorted(holders)), Regrade.lease_until.is_not(None))
    ended = update(Regrade).where(held).values(lease_until=None).returning(Regrade.id)
    return set(session.scalars(ended))


def update_held(session: Session, held: HeldRegrade, **changed: Any) -> bool:
    """Update a regrade held by this worker; return False without changes if it is no longer held."""
    ours = and_(Regrade.id == held.id, Regrade.lease_until == held.until, Regrade.state.in_(IN_PROGRESS))
    return (
        session.scalars(update(Regrade).where(ours).values(**changed).returning(Regrade.id)).one_or_none() is not None
    )


def settle_known_results(session: Session, target: RegradeTarget) -> int:
    """Record the outcome of submissions that have already been judged in exactly this way; return their number."""
    counting, known = aliased(Grading), aliased(Grading)
    wanted = outstanding(target, counting=counting).join(known, _is_known(target, known, counting))
    return _add_results(session, target, wanted, (counting.id, known.id))


def add_results(session: Session, target: RegradeTarget, submission_ids: Sequence[UUID]) -> int:
    """Record the outcome of submissions that have just been judged, and return their number.

    Where no grading was stored, it would have been the same as the one that counts, which is kept.
    """
    counting, known = aliased(Grading), aliased(Grading)
    wanted = outstanding(target, submission_ids, counting).outerjoin(known, _is_known(target, known, counting))
    return _add_results(session, target, wanted, (counting.id, func.coalesce(known.id, counting.id)))


def _is_known(target: RegradeTarget, known: Any, counting: Any) -> ColumnElement[bool]:
    return and_(
        known.submission_id == Submission.id,
        known.revision == _revision(target, counting),
        known.judge_version == target.judge_version,
        known.overrides_key == target.overrides_key,
    )


def _add_results(session: Session, target: RegradeTarget, wanted: Select[Any], ids: tuple[Any, Any]) -> int:
    before, after = reversed(ids) if target.is_way_back else ids
    rows = wanted.with_only_columns(literal(target.regrade_id), Submission.id, before, after)
    made = upsert(RegradeResult).from_select(["regrade_id", "submission_id", "before_id", "after_id"], rows)
    kept = made.on_conflict_do_update(
        index_elements=[RegradeResult.regrade_id, RegradeResult.submission_id],
        set_={
            "before_id": made.excluded.before_id,
            "after_id": made.excluded.after_id,
            "failure": None,
            "unusable_file": None,
        },
    )
    return len(session.execute(kept.returning(RegradeResult.submission_id)).all())


def keep_gradings(session: Session, target: RegradeTarget, failed: Mapping[UUID, Unjudged]) -> int:
    """Record that submissions which cannot be judged keep their grading, and why; return their number."""
    if not failed:
        return 0
    counting = aliased(Grading)
    wanted = outstanding(target, list(failed), counting).with_only_columns(Submission.id, counting.id)
    rows = [
        {
            "regrade_id": target.regrade_id,
            "submission_id": submission_id,
            "before_id": grading_id,
            "after_id": grading_id,
            "failure": failed[submission_id].reason,
            "unusable_file": failed[submission_id].unusable_file,
        }
        for submission_id, grading_id in session.execute(wanted)
    ]
    made = upsert(RegradeResult)
    kept = made.on_conflict_do_update(
        index_elements=[RegradeResult.regrade_id, RegradeResult.submission_id],
        set_={name: made.excluded[name] for name in ("before_id", "after_id", "failure", "unusable_file")},
    )
    if rows:
        session.execute(kept, rows)
    return len(rows)


def unjudged_results(session: Session, regrade_id: int, most: int) -> Sequence[Row[UUID, str | None]]:
    """Return submissions that keep their grading because judging failed on our side, with reasons, up to a limit."""
    wanted = select(RegradeResult.submission_id, RegradeResult.failure)
    ours = wanted.where(RegradeResult.failure.is_not(None), RegradeResult.unusable_file.is_(None))
    return session.execute(_first(ours, regrade_id, most)).all()


def unusable(session: Session, regrade_id: int, most: int) -> Sequence[Row[UUID, dict[str, Any] | None]]:
    """Return those that keep it because their file cannot be used, with a stored message each, up to a limit."""
    wanted = select(RegradeResult.submission_id, RegradeResult.unusable_file)
    return session.execute(_first(wanted.where(RegradeResult.unusable_file.is_not(None)), regrade_id, most)).all()


def _first(wanted: Select[*Columns], regrade_id: int, most: int) -> Select[*Columns]:
    return wanted.where(RegradeResult.regrade_id == regrade_id).order_by(RegradeResult.submission_id).limit(most)


def only_proposed(session: Session, user_id: int) -> set[int]:
    """Return the gradings of a user's submissions that are only proposed by a regrade and have never counted."""
    result, once = aliased(RegradeResult), aliased(RegradeResult)
    has_counted = (
        select(once.submission_id)
        .join(Regrade, Regrade.id == once.regrade_id)
        .where(once.submission_id == result.submission_id)
        .where(
            or_(
                once.before_id == result.after_id,
                and_(once.after_id == result.after_id, Regrade.applied_at.is_not(None)),
            )
        )
    )
    proposed = (
        select(result.after_id)
        .join(Grading, Grading.id == result.after_id)
        .join(Submission, Submission.id == result.submission_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Learner.user_id == user_id, ~Grading.counts, ~has_counted.exists())
    )
    return set(session.scalars(proposed))


def outstanding_submissions(session: Session, target: RegradeTarget) -> list[UUID]:
    """Return the submissions without a known outcome; those of one learner together, since they share given values."""
    wanted = outstanding(target).with_only_columns(Submission.id)
    return list(session.scalars(wanted.order_by(Submission.learner_id, Submission.id)))


def to_judge(
    session: Session, target: RegradeTarget, submission_ids: Sequence[UUID]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what judging these needs: id, slug, answers, given values, revision, and whether there is a file.

    Answers and given values are JSON as text, so that equal ones can be found before they are read.
    """
    counting = aliased(Grading)
    wanted = outstanding(target, submission_ids, counting).with_only_columns(
        Submission.id,
        Submission.slug,
        cast(Submission.answers, Text).label("answers"),
        cast(Submission.givens, Text).label("givens"),
        _revision(target, counting).label("revision"),
        Submission.blob_sha256.is_not(None).label("has_file"),
    )
    return session.execute(wanted).all()


def count_judged(session: Session, target: RegradeTarget) -> tuple[int, int]:
    """Return the numbers of judged and of all submissions."""
    done = select(func.count()).select_from(RegradeResult).where(RegradeResult.regrade_id == target.regrade_id)
    total = (
        select(func.count())
        .select_from(Submission)
        .join(Grading, counts_for_submission())
        .where(Submission.assignment_id == target.assignment_id)
    )
    return session.scalars(done).one(), session.scalars(total).one()


def switch_gradings(session: Session, target: RegradeTarget, now: datetime) -> int:
    """Switch which gradings count, and return their number; the caller holds the assignment and knows every outcome."""
    ours = RegradeResult.regrade_id == target.regrade_id
    differs = RegradeResult.before_id != RegradeResult.after_id
    old, new = RegradeResult.before_id, RegradeResult.after_id
    if target.is_way_back:
        old, new = new, old
    session.execute(_update_gradings(Grading.id.in_(select(old).where(ours, differs)), counts=False))
    return len(
        session.execute(
            _update_gradings(Grading.id.in_(select(new).where(ours, differs)), counts=True, counts_since=now)
        ).all()
    )


def drop_results(session: Session, regrade_id: int) -> None:
    """Delete the outcome of a regrade, and gradings that nothing else refers to."""
    own, other, one = aliased(RegradeResult), aliased(RegradeResult), table(Grading)
    mine = select(own.after_id).where(own.regrade_id == regrade_id, own.after_id.is_distinct_from(own.before_id))
    elsewhere = select(other.submission_id).where(
        other.regrade_id != regrade_id, or_(other.after_id == one.c.id, other.before_id == one.c.id)
    )
    session.execute(one.delete().where(one.c.id.in_(mine), ~one.c.counts, ~elsewhere.exists()))
    results = table(RegradeResult)
    session.execute(results.delete().where(results.c.regrade_id == regrade_id))


def _update_gradings(which: ColumnElement[bool], **values: Any) -> Any:
    return (
        update(Grading).where(which).values(values).returning(Grading.id).execution_options(synchronize_session=False)
    )


def outstanding(
    target: RegradeTarget, submission_ids: Sequence[UUID] | None = None, counting: Any = Grading
) -> Select[Any]:
    """Select graded submissions whose outcome is missing in the regrade, or out of date."""
    known = counting.id == (RegradeResult.after_id if target.is_way_back else RegradeResult.before_id)
    result = and_(RegradeResult.regrade_id == target.regrade_id, RegradeResult.submission_id == Submission.id, known)
    wanted = (
        select(Submission.id)
        .join(counting, counts_for_submission(counting))
        .outerjoin(RegradeResult, result)
        .where(Submission.assignment_id == target.assignment_id, RegradeResult.regrade_id.is_(None))
    )
    if submission_ids is None:
        return wanted
    return wanted.where(Submission.id == any_(literal(list(submission_ids), ARRAY(SqlUuid))))


def _revision(target: RegradeTarget, counting: Any) -> ColumnElement[str]:
    if target.revision is not None:
        return literal(target.revision)
    return Submission.revision.expression if target.is_way_back else counting.revision


def compare_gradings(
    session: Session, regrade_id: int, assignment_id: int, user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return user, submission, time, and score, verdicts and revision before and after, in order of time.

    Submissions without an outcome have the current values in both. Learners without a user are left out.
    """
    before, after, now = aliased(Grading), aliased(Grading), aliased(Grading)
    result = and_(RegradeResult.regrade_id == regrade_id, RegradeResult.submission_id == Submission.id)
    wanted = (
        select(
            Learner.user_id,
            Submission.id,
            Submission.submitted_at,
            has_failed(now).label("failed"),
            *_columns_as("before", before, now),
            *_columns_as("after", after, now),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .outerjoin(RegradeResult, result)
        .outerjoin(now, counts_for_submission(now))
        .outerjoin(before, before.id == RegradeResult.before_id)
        .outerjoin(after, after.id == RegradeResult.after_id)
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.assignment_id == assignment_id, Learner.user_id.is_not(None))
        .order_by(Submission.submitted_at, Submission.id)
    )
    if user_ids is not None:
        wanted = wanted.where(Learner.user_id.in_(user_ids))
    return session.execute(wanted).all()


def _columns_as(when: str, grading: Any, now: Any) -> list[Any]:
    names = ("given", "max", "verdicts", "revision")
    return [func.coalesce(getattr(grading, name), getattr(now, name)).label(f"{when}_{name}") for name in names]


def changed_marks(session: Session, assignment_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    """Return assignment and user of every student whose points were changed by a regrade."""
    before, after = aliased(Grading), aliased(Grading)
    rows = session.execute(
        select(Regrade.assignment_id, Learner.user_id)
        .join(RegradeResult, RegradeResult.regrade_id == Regrade.id)
        .join(before, before.id == RegradeResult.before_id)
        .join(after, after.id == RegradeResult.after_id)
        .join(Submission, Submission.id == RegradeResult.submission_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Regrade.assignment_id.in_(assignment_ids), Regrade.state.in_(IN_FORCE), Learner.user_id.is_not(None))
        .where(before.given / before.max != after.given / after.max)
        .distinct()
    )
    return frozenset((row.assignment_id, row.user_id) for row in rows)


def regrades_of_student(
    session: Session, user_id: int, applied_after: datetime, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return id, assignment, its title, reason and time of regrades of a student's submissions, newest first."""
    wanted = (
        select(Regrade.id, Regrade.assignment_id, Assignment.title, Regrade.reason, Regrade.applied_at)
        .join(Assignment, Assignment.id == Regrade.assignment_id)
        .join(RegradeResult, RegradeResult.regrade_id == Regrade.id)
        .join(Submission, Submission.id == RegradeResult.submission_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Learner.user_id == user_id, Regrade.state == RegradeState.APPLIED, Regrade.applied_at > applied_after)
        .distinct()
        .order_by(Regrade.applied_at.desc())
        .limit(limit)
    )
    return session.execute(wanted).all()
