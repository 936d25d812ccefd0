"""Chunks of a regrade: thousands of submissions that one worker judges and stores at once."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from grader.store.database import copy_rows, expect_many_rows
from grader.store.regrades import RegradeTarget, outstanding
from grader.store.submission_tables import Regrade, RegradeChunk, Submission
from grader.store.tables import table
from grader.vocabulary import IN_PROGRESS


@dataclass(frozen=True, slots=True)
class HeldChunk:
    """A chunk claimed by this worker; `tries` identifies the claim.

    Attributes:
        regrade: the row of its regrade.
        others: chunks that nobody has claimed yet.
        is_last_worker: whether no further worker may claim one at the same time.
    """

    regrade: Row[*tuple[Any, ...]]
    number: int
    tries: int
    submission_ids: Sequence[UUID]
    others: int = 0
    is_last_worker: bool = True


def plan_chunks(session: Session, target: RegradeTarget, size: int) -> int:
    """Divide the submissions without an outcome into chunks, and return how many chunks there are.

    Submissions of one learner stay together as far as possible, because they share given values.
    """
    ordered = outstanding(target).with_only_columns(
        Submission.id,
        Submission.learner_id,
        func.row_number().over(order_by=(Submission.learner_id, Submission.id)).label("place"),
    )
    found = ordered.subquery()
    number = (found.c.place - 1) // literal(size, BigInteger())
    chunks = select(literal(target.regrade_id, BigInteger()), number, func.array_agg(found.c.id)).group_by(number)
    names = ["regrade_id", "number", "submission_ids"]
    made = insert(RegradeChunk).from_select(names, chunks).on_conflict_do_nothing().returning(RegradeChunk.number)
    return len(session.scalars(made).all())


def claim_chunk(session: Session, now: datetime, until: datetime, most: int, holder: str | None) -> HeldChunk | None:
    """Claim a chunk of the regrade in progress; return None if none is left, or this many workers judge it already."""
    regrade = session.execute(_OLDEST).one_or_none()
    if regrade is None or regrade.planned_at is None:
        return None
    taken = RegradeChunk.lease_until > now
    counted = select(func.count().filter(taken), func.count()).where(RegradeChunk.regrade_id == regrade.id)
    busy, there = session.execute(counted).one()
    if busy >= most or busy >= there:
        return None
    free = and_(RegradeChunk.regrade_id == regrade.id, or_(RegradeChunk.lease_until.is_(None), ~taken))
    waiting = select(RegradeChunk.number).where(free).order_by(RegradeChunk.number).limit(1)
    number = waiting.with_for_update(skip_locked=True).scalar_subquery()  # one whose lease has ended may be stored now
    claimed = (
        update(RegradeChunk)
        .where(RegradeChunk.regrade_id == regrade.id, RegradeChunk.number == number)
        .values(tries=RegradeChunk.tries + 1, lease_until=until, holder=holder)
        .returning(RegradeChunk.number, RegradeChunk.tries, RegradeChunk.submission_ids)
    )
    row = session.execute(claimed).one_or_none()
    return row and HeldChunk(regrade, row.number, row.tries, row.submission_ids, there - busy - 1, busy + 1 >= most)


def lock_for_storing(session: Session, regrade_id: int) -> None:
    """Have what ends a regrade wait until this transaction ends; other workers can still store.

    What locks chunks locks their regrade first, so that nobody waits for each other.
    """
    session.execute(select(Regrade.id).where(Regrade.id == regrade_id).with_for_update(read=True, key_share=True))


def lock_for_ending(session: Session, regrade_id: int) -> None:
    """Wait until no worker stores anything for a regrade, and let none begin until this transaction ends."""
    session.execute(select(Regrade.id).where(Regrade.id == regrade_id).with_for_update())


def finish_chunk(session: Session, chunk: HeldChunk) -> bool:
    """Remove a chunk whose outcome this transaction stores; return False if this worker has lost it."""
    return session.scalar(delete(RegradeChunk).where(_held(chunk)).returning(RegradeChunk.number)) is not None


def hold_chunk(session: Session, chunk: HeldChunk, until: datetime | None) -> bool:
    """Extend a claim, or end it with None, which is no try; return False if this worker has lost the chunk."""
    values = {"lease_until": until, "tries": chunk.tries if until else chunk.tries - 1}
    changed = update(RegradeChunk).where(_held(chunk)).values(values)
    return session.scalar(changed.returning(RegradeChunk.number)) is not None


def drop_chunks(session: Session, regrade_id: int) -> None:
    """Remove all chunks of a regrade; workers that judge one store nothing of it any more."""
    session.execute(delete(RegradeChunk).where(RegradeChunk.regrade_id == regrade_id))


def add_done(session: Session, regrade_id: int, count: int) -> None:
    """Note how many submissions more have an outcome."""
    session.execute(update(Regrade).where(Regrade.id == regrade_id).values(done=Regrade.done + count))


def chunk_holders(session: Session) -> set[str]:
    """Return the names of all holders of chunks."""
    held = select(RegradeChunk.holder).where(RegradeChunk.lease_until.is_not(None)).distinct()
    return {holder for holder in session.scalars(held) if holder is not None}


def free_chunks(session: Session, holders: Collection[str]) -> set[int]:
    """End the leases of dead holders, and return the regrades they worked on."""
    held = and_(RegradeChunk.holder.in_(sorted(holders)), RegradeChunk.lease_until.is_not(None))
    ended = update(RegradeChunk).where(held).values(lease_until=None).returning(RegradeChunk.regrade_id)
    return set(session.scalars(ended))


_OLDEST = (
    select(*table(Regrade).c)
    .where(table(Regrade).c.state.in_(IN_PROGRESS))
    .order_by(table(Regrade).c.asked_at, table(Regrade).c.id)
    .limit(1)
    .with_for_update(key_share=True)
)
"""Locked, so that no two workers claim the same chunk, or more of them than allowed; others can still store."""


def _held(chunk: HeldChunk) -> ColumnElement[bool]:
    ours = and_(RegradeChunk.regrade_id == chunk.regrade.id, RegradeChunk.number == chunk.number)
    return and_(ours, RegradeChunk.tries == chunk.tries, RegradeChunk.lease_until.is_not(None))


@dataclass(frozen=True, slots=True)
class SharedReport:
    """The grading of all submissions with the same answers: values of `REPORT_COLUMNS`, with JSON as text."""

    values: tuple[object, ...]
    submission_ids: Sequence[UUID]

    @classmethod
    def of(cls, grading: Mapping[str, object], report: str, submission_ids: Sequence[UUID]) -> Self:
        """Take a row of `gradings` without its report, and the report as JSON."""
        return cls((report, *(_plain(name, grading[name]) for name in REPORT_COLUMNS[1:])), submission_ids)


REPORT_COLUMNS: Final = (
    "report",
    "revision",
    "judge_version",
    "overrides",
    "overrides_key",
    "given",
    "max",
    "graded_at",
    "verdicts",
    "first_wrong",
    "mistakes",
)
_AS_JSON: Final = frozenset({"overrides", "mistakes"})

_OF_REPORTS = f"SELECT 0 AS number, {', '.join(REPORT_COLUMNS)} FROM gradings"  # noqa: S608 - of the constants above
_STAGE = (
    f"CREATE TEMPORARY TABLE judged_reports ON COMMIT DROP AS {_OF_REPORTS} WITH NO DATA",
    "ALTER TABLE judged_reports ALTER COLUMN report SET STORAGE EXTERNAL",  # compressed only where it stays
    "CREATE TEMPORARY TABLE judged_submissions (submission_id uuid, number integer) ON COMMIT DROP",
)
_IDS = bindparam("ids", type_=ARRAY(SqlUuid))
_LOCK = (
    select(table(Submission).c.id)
    .where(table(Submission).c.id == any_(_IDS))
    .order_by(table(Submission).c.id)
    .with_for_update(read=True, key_share=True)
)
_ADD_DIFFERENT = text(
    f"""
    INSERT INTO gradings (submission_id, counts, {", ".join(REPORT_COLUMNS)})
    SELECT there.id, false, {", ".join(f"judged.{name}" for name in REPORT_COLUMNS)}
    FROM unnest(:ids) AS there (id)
    JOIN judged_submissions ON judged_submissions.submission_id = there.id
    JOIN judged_reports AS judged ON judged.number = judged_submissions.number
    JOIN gradings AS counting ON counting.submission_id = there.id AND counting.counts
    WHERE counting.revision <> judged.revision OR counting.verdicts <> judged.verdicts
        OR counting.report::text <> judged.report::text
    ORDER BY there.id
    ON CONFLICT DO NOTHING
    """  # noqa: S608 - put together from the constants above
).bindparams(_IDS)


def add_silent_gradings(session: Session, reports: Sequence[SharedReport]) -> None:
    """Store gradings that do not count yet, each only if it differs from the one that counts.

    Existing ones are left unchanged, so this may run twice. Nothing is stored for submissions that were erased in the
    meantime; the others cannot be erased until the transaction ends.
    """
    there = list(session.scalars(_LOCK, {"ids": [one for report in reports for one in report.submission_ids]}))
    if not there:
        return
    expect_many_rows(session)
    for statement in _STAGE:
        session.execute(text(statement))
    copy_rows(session, "judged_reports", ("number", *REPORT_COLUMNS), _numbered(reports))
    pairs = ((one, number) for number, report in enumerate(reports) for one in report.submission_ids)
    copy_rows(session, "judged_submissions", ("submission_id", "number"), pairs)
    session.execute(_ADD_DIFFERENT, {"ids": there})
    for name in ("judged_reports", "judged_submissions"):
        session.execute(text(f"DROP TABLE {name}"))


def _numbered(reports: Iterable[SharedReport]) -> Iterable[Sequence[object]]:
    for number, report in enumerate(reports):
        yield number, *report.values


def _plain(name: str, value: object) -> object:
    return json.dumps(value) if name in _AS_JSON and value is not None else value
