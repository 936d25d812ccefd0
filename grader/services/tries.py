"""A student's attempts, and what changed from one to the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.checking.answers import Entry, entries_from_json
from grader.checking.disclosure import Disclosure
from grader.checking.policy import Attempt, Policy, Terms, worth
from grader.checking.report import Score
from grader.checking.verdict import LETTERS, Verdict
from grader.services.status import Status
from grader.store import tries
from grader.store.outcomes import Whose

MOST = 12
"""Attempts that are told of."""

VERDICTS: Mapping[str, Verdict] = MappingProxyType({letter: verdict for verdict, letter in LETTERS.items()})


@dataclass(frozen=True, slots=True)
class Change:
    """A field that was answered or judged otherwise than the time before; verdicts are None where none are shown."""

    field: str
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class Regraded:
    """A submission that was judged anew: its points before and now, of at most `max`, when and why.

    At an assignment they are what the attempt was worth and is worth there, lateness deducted, as on every other page.
    """

    before: float | None
    after: float
    max: float
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt; `changes` are None for the first, and where the fields were others."""

    id: UUID
    sent_at: datetime
    status: Status
    score: Score | None
    changes: tuple[Change, ...] | None
    regraded: Regraded | None = None


def tries_of(
    session: Session, whose: Whose, fields: Sequence[str], shown: Disclosure, terms: Terms | None = None
) -> tuple[Try, ...]:
    """Return a student's attempts, newest first.

    Args:
        session: of the database.
        whose: the student, and the exercise or assignment.
        fields: names of the exercise's fields, in its order.
        shown: what the student is shown of them.
        terms: the student's at the assignment; None for practice.
    """
    rows = tries.newest(session, whose, MOST + 1)
    sent = {row.id: row.submitted_at for row in rows}
    anew = {
        row.submission_id: _regraded(row, sent[row.submission_id], terms) for row in tries.regraded(session, list(sent))
    }
    changes = [_changes(before, after, fields, shown) for after, before in pairwise(rows)]
    found = [
        Try(
            id=row.id,
            sent_at=row.submitted_at,
            status=_status(row),
            score=Score(row.given, row.max) if shown.marks and row.given is not None else None,
            changes=changes[k] if k < len(changes) else None,
            regraded=anew.get(row.id) if shown.marks else None,
        )
        for k, row in enumerate(rows)
    ]
    return tuple(found[:MOST])


def _status(row: Row[*tuple[Any, ...]]) -> Status:
    if row.failed:
        return Status.UNUSABLE if row.unusable else Status.FAILED
    return Status.PENDING if row.given is None else Status.GRADED


def _regraded(row: Row[*tuple[Any, ...]], sent_at: datetime, terms: Terms | None) -> Regraded:
    before, after, top = row.before, row.after, row.max
    if terms is not None:
        then = replace(terms, policy=Policy.from_json(row.policy_before))
        was = worth(then, Attempt(row.submission_id, sent_at, row.before, row.max_before), row.max_before or 0.0)
        now = worth(terms, Attempt(row.submission_id, sent_at, row.after, row.max), row.max)
        before = None if was is None else was.points
        after, top = (after, top) if now is None else (now.points, now.of)
    return Regraded(before, after, top, row.applied_at, row.reason)


def _changes(
    before: Row[*tuple[Any, ...]], after: Row[*tuple[Any, ...]], fields: Sequence[str], shown: Disclosure
) -> tuple[Change, ...]:
    was, now = entries_from_json(before.answers), entries_from_json(after.answers)
    judged_then, judged_now = _verdicts(before, fields, shown), _verdicts(after, fields, shown)
    return tuple(
        Change(name, judged_then.get(name), judged_now.get(name))
        for name in _typed_fields(fields, was, now)
        if was.get(name) != now.get(name) or judged_then.get(name) != judged_now.get(name)
    )


def _typed_fields(fields: Sequence[str], *answers: Mapping[str, Entry]) -> Iterator[str]:
    """The exercise's fields in their order, then places for files."""
    yield from fields
    yield from dict.fromkeys(name for typed in answers for name in typed if name not in fields)


def _verdicts(row: Row[*tuple[Any, ...]], fields: Sequence[str], shown: Disclosure) -> dict[str, Verdict]:
    """The verdict of each field; none where they are kept back, or belong to other fields than today's."""
    if not shown.marks or not row.verdicts or len(row.verdicts) != len(fields):
        return {}
    told = {name: VERDICTS[letter] for name, letter in zip(fields, row.verdicts, strict=True)}
    if shown.mistakes:
        return told
    return {name: Verdict.WRONG if verdict is Verdict.MISTAKEN else verdict for name, verdict in told.items()}
