"""The queue of submissions to be graded: claims with leases, gradings, and failures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate

from grader.store import tallies
from grader.store.submission_tables import Failure, Grading, Regrade, Submission, Waiting
from grader.store.tables import Assignment, table
from grader.vocabulary import IN_FORCE


@dataclass(frozen=True, slots=True)
class Claim:
    """A submission claimed by this worker until its lease ends.

    Attributes:
        tries: including this one.
        revision: to judge by: that of the submission, unless a regrade has replaced it.
        overrides: of its assignment; None if there are none.
        overrides_key: of the same.
    """

    submission_id: UUID
    tries: int
    slug: str
    answers: dict[str, Any]
    givens: dict[str, float] | None
    assignment_id: int | None
    revision: str
    overrides: dict[str, Any] | None = None
    overrides_key: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """How claims are made: for how many seconds by the database's clock, at most how many, and by whom."""

    seconds: float
    most: int = 1
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """The number of tries that a submission has.

    Attributes:
        failed: after so many, an error sets it aside.
        silent: after so many, it is set aside although no error was seen. More, because a worker may have been killed
            for other reasons.
    """

    failed: int
    silent: int


def claim_fresh(session: Session, hold: Hold) -> list[Claim]:
    """Claim untried submissions, oldest first; skips locked rows.

    Submissions that must be judged alone from the start are left to `claim_alone`.
    """
    return _claimed(session, _FRESH, hold)


def claim_suspects(session: Session, hold: Hold, tries: Tries) -> list[Claim]:
    """Claim submissions that may have stopped a worker: they have used a try, and are judged outside of it."""
    return _claimed(session, _SUSPECTS, hold, failed=tries.failed)


def claim_alone(session: Session, hold: Hold, tries: Tries) -> list[Claim]:
    """Claim submissions that are judged one at a time: they contain a file, or every try ended without a word."""
    return _claimed(session, _ALONE, hold, failed=tries.failed, silent=tries.silent)


@dataclass(frozen=True, slots=True)
class WhatWaits:
    """Whether anything waits that nobody holds: for `claim_fresh`, `claim_suspects`, `claim_alone`, or to be given up."""

    fresh: bool
    suspects: bool
    alone: bool
    exhausted: bool


def what_waits(session: Session, tries: Tries) -> WhatWaits:
    """Tell what waits that nobody holds, in one statement."""
    return WhatWaits(**session.execute(_WHAT_WAITS, asdict(tries)).mappings().one())


def renew_leases(session: Session, holder: str, seconds: float) -> None:
    """Keep what this holder has claimed for some seconds from now on."""
    session.execute(_RENEW, {"by": holder, "seconds": seconds})


def postpone(session: Session, claim: Claim, seconds: float) -> None:
    """Let nobody claim a submission for a while, in case what prevents judging it is temporary."""
    held = and_(_waiting.submission_id == claim.submission_id, _waiting.tries == claim.tries)
    until = _NOW + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    session.execute(update(table(Waiting)).where(held).values(lease_until=until, holder=None))


def release_claims(session: Session, claims: Sequence[Claim]) -> None:
    """Release fresh claims at once, to be judged alone; leaves claims that others have taken over."""
    session.execute(update(Waiting).where(_among(claims), Waiting.tries == 1).values(lease_until=None))


def holders(session: Session) -> set[str]:
    """Return the names of all holders of claims."""
    held = select(Waiting.holder).where(Waiting.lease_until.is_not(None)).distinct()
    return {holder for holder in session.scalars(held) if holder is not None}


def end_leases(session: Session, holders: Collection[str]) -> int:
    """End the leases of dead holders, and return their number; each has used a try."""
    held = and_(Waiting.holder.in_(sorted(holders)), Waiting.lease_until.is_not(None))
    ended = update(Waiting).where(held).values(lease_until=None).returning(Waiting.submission_id)
    return len(session.scalars(ended).all())


def return_claims(session: Session, claims: Sequence[Claim]) -> None:
    """Return claims without any fault: the submissions wait as before, and the try is not counted."""
    for claim in claims:
        held = and_(Waiting.submission_id == claim.submission_id, Waiting.tries == claim.tries)
        session.execute(update(Waiting).where(held).values(tries=Waiting.tries - 1, lease_until=None))


def outdated_claims(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims whose assignment is judged differently by now, and lock the assignments of the others.

    Costs nothing if no claim belongs to an assignment.
    """
    ours = [claim for claim in claims if claim.assignment_id is not None]
    if not ours:
        return []
    assignment_ids = sorted({claim.assignment_id for claim in ours if claim.assignment_id is not None})
    session.execute(_hold(assignment_ids))
    now = {row.id: row for row in session.execute(_judging_of([claim.submission_id for claim in ours]))}
    return [claim for claim in ours if not _is_current(claim, now.get(claim.submission_id))]


def settle_claims(session: Session, claims: Sequence[Claim]) -> set[UUID]:
    """Remove judged submissions from the queue, even if another worker holds them by now; return those that waited.

    Until the transaction ends, nobody else stores what comes of any of them, nor erases it.
    """
    return set(session.scalars(_SETTLE, {"ids": [claim.submission_id for claim in claims]}))


def give_up(session: Session, claim: Claim) -> bool:
    """Remove a submission from the queue; return False if another worker holds it and will decide its outcome."""
    held = and_(Waiting.submission_id == claim.submission_id, Waiting.tries == claim.tries)
    return session.scalars(delete(Waiting).where(held).returning(Waiting.submission_id)).one_or_none() is not None


def give_up_exhausted(session: Session, tries: Tries) -> list[tuple[UUID, int]]:
    """Remove submissions whose last try left no result; return their ids and tries."""
    return [(row.submission_id, row.tries) for row in session.execute(_GIVE_UP, {"silent": tries.silent})]


def _claimed(session: Session, claiming: ReturningUpdate[Any], hold: Hold, **limits: int) -> list[Claim]:
    values = {"seconds": hold.seconds, "by": hold.holder, "most": hold.most, **limits}
    return _as_assigned(session, [Claim(*row) for row in session.execute(claiming, values)])


def _as_assigned(session: Session, fresh: list[Claim]) -> list[Claim]:
    """Return the claims with what they are judged by; practice is judged as submitted, at no extra cost."""
    ids = [claim.submission_id for claim in fresh if claim.assignment_id is not None]
    if not ids:
        return fresh
    found = {row.id: row for row in session.execute(_judging_of(ids))}
    return [_judged_by(claim, found.get(claim.submission_id)) for claim in fresh]


def _judged_by(claim: Claim, row: Row[*tuple[Any, ...]] | None) -> Claim:
    if row is None:
        return claim
    return replace(claim, revision=row.revision, overrides=row.overrides or None, overrides_key=row.overrides_key)


def _hold(assignment_ids: Sequence[int]) -> Select[int]:
    """Take a shared lock, which conflicts with changes of how these assignments are judged."""
    return (
        select(Assignment.id)
        .where(Assignment.id.in_(assignment_ids))
        .order_by(Assignment.id)
        .with_for_update(read=True)
    )


def _judging_of(submission_ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """Select id, revision, overrides and their key by which submissions to assignments are judged now."""
    regraded = (
        select(Regrade.revision)
        .where(Regrade.assignment_id == Submission.assignment_id, Regrade.state.in_(IN_FORCE))
        .where(Regrade.revision.is_not(None), Regrade.applied_at >= Submission.submitted_at)
        .order_by(Regrade.applied_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    revision = func.coalesce(regraded, Submission.revision).label("revision")
    return (
        select(Submission.id, revision, Assignment.overrides, Assignment.overrides_key)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .where(Submission.id.in_(submission_ids))
    )


def _is_current(claim: Claim, row: Row[*tuple[Any, ...]] | None) -> bool:
    return row is not None and (claim.revision, claim.overrides_key) == (row.revision, row.overrides_key)


_waiting = table(Waiting).c
_NOW = func.statement_timestamp()
"""By the database's clock: those of the machines that grade may disagree."""

_UNTIL = _NOW + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds", type_=Float()))


def _claiming(which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """Build the statement that claims waiting submissions, once for each process: it runs for every wake-up."""
    picked = (
        select(_waiting.submission_id)
        .where(which)
        .order_by(_waiting.turn)
        .limit(bindparam("most", type_=BigInteger()))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    sent = table(Submission).c
    return (
        update(table(Waiting))
        .where(_waiting.submission_id == picked.c.submission_id, sent.id == picked.c.submission_id)
        .values(
            tries=_waiting.tries + 1,
            lease_until=_UNTIL,
            holder=bindparam("by", type_=_waiting.holder.type),
        )
        .returning(
            _waiting.submission_id,
            _waiting.tries,
            sent.slug,
            sent.answers,
            sent.givens,
            sent.assignment_id,
            sent.revision,
        )
    )


_FAILED, _SILENT = (bindparam(name, type_=BigInteger()) for name in ("failed", "silent"))
_IS_FREE = or_(_waiting.lease_until.is_(None), _waiting.lease_until <= _NOW)
_IS_FRESH = and_(_waiting.tries == 0, ~_waiting.alone)
_IS_SUSPECT = and_(_waiting.tries >= 1, _waiting.tries < _FAILED, ~_waiting.alone, _IS_FREE)
_IS_ALONE = and_(or_(_waiting.alone, _waiting.tries >= _FAILED), _waiting.tries < _SILENT, _IS_FREE)
_IS_EXHAUSTED = and_(_waiting.tries >= _SILENT, _IS_FREE)

_IDS = bindparam("ids", type_=ARRAY(SqlUuid))


def _settling() -> ReturningDelete[Any]:
    """Lock submissions in the order of their ids, as everything does that locks several, and take them off the queue."""
    sent = table(Submission).c
    held = select(sent.id).where(sent.id == any_(_IDS)).order_by(sent.id).with_for_update(key_share=True).cte("held")
    return delete(table(Waiting)).where(_waiting.submission_id == held.c.id).returning(_waiting.submission_id)


_SETTLE = _settling()
_FRESH, _SUSPECTS, _ALONE = map(_claiming, (_IS_FRESH, _IS_SUSPECT, _IS_ALONE))
_WHAT_WAITS = select(
    exists().where(_IS_FRESH).label("fresh"),
    exists().where(_IS_SUSPECT).label("suspects"),
    exists().where(_IS_ALONE).label("alone"),
    exists().where(_IS_EXHAUSTED).label("exhausted"),
)
_GIVE_UP = delete(table(Waiting)).where(_IS_EXHAUSTED).returning(_waiting.submission_id, _waiting.tries)
_IS_HELD_BY = and_(_waiting.holder == bindparam("by", type_=_waiting.holder.type), _waiting.lease_until.is_not(None))
_RENEW = update(table(Waiting)).where(_IS_HELD_BY).values(lease_until=_UNTIL)


def _among(claims: Sequence[Claim]) -> ColumnElement[bool]:
    return Waiting.submission_id.in_(sorted(claim.submission_id for claim in claims))


COUNTED_BACKLOG: Final = 100_000
"""Counting stops here: whatever reads the number acts the same on any larger one."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be judged: the number of submissions, up to COUNTED_BACKLOG, and since when the next one waits."""

    submissions: int
    oldest: datetime | None


_COUNTED = select(_waiting.submission_id).limit(COUNTED_BACKLOG).subquery()
_NEXT = [
    select(_waiting.since).where(_waiting.tries == 0).order_by(_waiting.turn).limit(1),
    select(_waiting.since).where(_waiting.tries >= 1).order_by(_waiting.tries, _waiting.turn).limit(1),
]
_BACKLOG = select(
    select(func.count()).select_from(_COUNTED).scalar_subquery(),
    func.least(*(each.scalar_subquery() for each in _NEXT)),
)


def backlog(session: Session) -> Backlog:
    """Return what waits to be judged, including what is being judged."""
    return Backlog(*session.execute(_BACKLOG).one())


_HOLDS = select(select(Waiting.submission_id).where(Waiting.submission_id == bindparam("submission_id")).exists())


def is_waiting(session: Session, submission_id: UUID) -> bool:
    """Return whether this submission is waiting; as cheap as possible, since clients poll it."""
    return bool(session.scalar(_HOLDS, {"submission_id": submission_id}))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a submission is set aside: in words, after how many tries, and when; `unusable_file` as in `Failure`."""

    tries: int
    reason: str
    failed_at: datetime
    unusable_file: dict[str, Any] | None = None


def add_failure(session: Session, submission_id: UUID, fault: Fault) -> None:
    """Set a submission aside; a newer failure replaces an older one."""
    newer = asdict(fault)
    made = insert(Failure).values(submission_id=submission_id, **newer)
    session.execute(made.on_conflict_do_update(index_elements=[Failure.submission_id], set_=newer))
    tallies.recount(session, [submission_id])


_NEW = insert(table(Grading))
_ADD = _NEW.on_conflict_do_update(
    index_elements=[Grading.submission_id, Grading.revision, Grading.judge_version, Grading.overrides_key],
    set_={"counts": True, "counts_since": _NEW.excluded.graded_at},
)
_SILENCE = (
    update(table(Grading))
    .where(table(Grading).c.submission_id == any_(_IDS), table(Grading).c.counts)
    .values(counts=False)
)


def add_gradings(session: Session, rows: Sequence[Mapping[str, object]], waited: Collection[UUID]) -> None:
    """Insert gradings, which count from now on; an existing one keeps its report.

    Args:
        session: in which the submissions have been taken off the queue.
        rows: the gradings.
        waited: submissions that waited until then: while one waits, no grading of it counts.
    """
    judged = [cast("UUID", row["submission_id"]) for row in rows]
    others = [submission_id for submission_id in judged if submission_id not in waited]
    if others:
        stop_counting(session, others)
    session.execute(_ADD, rows)


def stop_counting(session: Session, submission_ids: Sequence[UUID]) -> None:
    """Stop all gradings of these submissions from counting, before another one does."""
    session.execute(_SILENCE, {"ids": list(submission_ids)})


def most_points(session: Session, assignment_id: int) -> float | None:
    """Return the points of an assignment's exercise according to the counting gradings; None if there are none."""
    own = select(Submission.id).where(Submission.assignment_id == assignment_id)
    return session.scalars(select(func.max(Grading.max)).where(Grading.submission_id.in_(own), Grading.counts)).one()
