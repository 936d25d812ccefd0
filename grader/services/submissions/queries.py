"""Submissions for display: a single one, a history, results for an LMS, a student's attempts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.judging.answers import Entry, entries_from_json
from grader.judging.policy import EVERYTHING, Attempt, AttemptValue, Policy, ReportVisibility, Terms, attempt_value
from grader.judging.report import Report, Score
from grader.judging.verdict import LETTERS, Verdict
from grader.messages.message import Message, from_json
from grader.services import pagination
from grader.services.errors import UnknownSubmission, UnreadableCursor
from grader.services.pagination import Page
from grader.store import grading_queue, submission_queries
from grader.store.database import IDLE_IN_TRANSACTION_SECONDS
from grader.vocabulary import SubmissionFilter


class Status(StrEnum):
    """The state of a submission.

    Failed means that we could not judge it, unusable that its file cannot be used. Neither has a score, is an attempt,
    or counts as zero.
    """

    PENDING = "pending"
    GRADED = "graded"
    FAILED = "failed"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class SubmissionDetail:
    """One submission with everything known about it.

    Attributes:
        user_id: the user behind the learner, if any.
        givens: the learner's own given values, if any are drawn.
        report: None unless the status is graded.
        failure_reason: why it was set aside, in English, for instructors; None unless it was.
        unusable_file: why its file cannot be used; None unless the status is unusable.
        disclosure: how much of the report it contains (`visibility.visible_report`).
    """

    id: UUID
    status: Status
    slug: str
    title: str
    revision: str
    learner_ref: str
    client_id: int
    client_ref: str | None
    assignment_id: int | None
    user_id: int | None
    submitted_at: datetime
    graded_at: datetime | None
    entries: Mapping[str, Entry]
    givens: Mapping[str, float] | None
    report: Report | None
    failure_reason: str | None
    unusable_file: str | None
    disclosure: ReportVisibility = EVERYTHING


def submission_detail(session: Session, submission_id: UUID) -> SubmissionDetail:
    """Return a submission; the caller checks access (`visibility.may_see_submission`).

    Raises:
        UnknownSubmission: there is no such submission.
    """
    row = submission_queries.find_outcome(session, submission_id)
    if row is None:
        raise UnknownSubmission(Message("refused.unknown-submission", id=str(submission_id)))
    return SubmissionDetail(
        id=row.id,
        status=Status(row.status),
        slug=row.slug,
        title=row.title,
        revision=row.revision,
        learner_ref=row.learner_ref,
        client_id=row.client_id,
        client_ref=row.client_ref,
        assignment_id=row.assignment_id,
        user_id=row.user_id,
        submitted_at=row.submitted_at,
        graded_at=row.graded_at,
        entries=entries_from_json(row.answers),
        givens=row.givens,
        report=None if row.report is None else Report.from_json(row.report),
        failure_reason=row.failure_reason,
        unusable_file=None if row.unusable_file is None else from_json(row.unusable_file),
    )


def is_pending(session: Session, submission_id: UUID) -> bool:
    """Return whether a submission is still waiting; costs a fraction of `submission_detail`."""
    return grading_queue.is_waiting(session, submission_id)


@dataclass(frozen=True, slots=True)
class SubmissionOverview:
    """One submission in a list; `worth` if it is an attempt at an assignment and shown to its student."""

    id: UUID
    status: Status
    slug: str
    title: str
    revision: str
    learner_ref: str
    client_id: int
    client: str
    user_id: int | None
    submitted_at: datetime
    graded_at: datetime | None
    score: Score | None
    failure_reason: str | None
    assignment_id: int | None = None
    worth: AttemptValue | None = None


def history(
    session: Session, whose: SubmissionFilter, limit: int = 50, before: str | None = None
) -> Page[SubmissionOverview]:
    """Return submissions, newest first; `before` is the cursor of the previous page.

    Raises:
        UnreadableCursor: the cursor does not belong to this list.
    """
    rows = submission_queries.newest_outcomes(session, whose, limit + 1, None if before is None else _place(before))
    shown = tuple(_summary(row) for row in rows[:limit])
    more = len(rows) > limit
    return Page(shown, pagination.encode_cursor(shown[-1].submitted_at, shown[-1].id.hex) if more else None)


def _place(before: str) -> tuple[datetime, UUID]:
    moment, (submission_id,) = pagination.decode_cursor(before, str)
    try:
        return moment, UUID(str(submission_id))
    except ValueError as error:
        raise UnreadableCursor("This cursor belongs to another list. Start again without a cursor.") from error


def _summary(row: Row[*tuple[Any, ...]]) -> SubmissionOverview:
    return SubmissionOverview(
        id=row.id,
        status=Status(row.status),
        slug=row.slug,
        title=row.title,
        revision=row.revision,
        learner_ref=row.learner_ref,
        client_id=row.client_id,
        client=row.client,
        user_id=row.user_id,
        submitted_at=row.submitted_at,
        graded_at=row.graded_at,
        score=None if row.given is None else Score(row.given, row.max),
        failure_reason=row.failure_reason,
        assignment_id=row.assignment_id,
    )


OVERLAP: Final = timedelta(seconds=2 * IDLE_IN_TRANSACTION_SECONDS)
"""How far results reach back before the requested time.

A grading carries a time from before its transaction and becomes visible only after it, and clocks of machines differ
slightly. A client that continues from the newest `updated_at` would miss gradings that were committed late. Results may
therefore be repeated, but none is missed.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """A learner's best result at one exercise.

    Attributes:
        exercise: its slug.
        attempts: graded submissions; those that we could not judge are not counted.
        submission_id: the best one; the first of equally good ones.
        updated_at: when the last one was graded, or a regrade changed which grading counts.
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
    """Return results in the order of their last change, one page at a time.

    Raises:
        UnreadableCursor: the cursor does not belong to this list.
    """
    start = None if since is None else since - OVERLAP
    after = None if cursor is None else _position(cursor)
    rows = submission_queries.changed_results(session, start, client_id, after, limit + 1)
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(
        tuple(_result(row) for row in rows[:limit]),
        None if last is None else pagination.encode_cursor(last.updated_at, last.learner_id, last.slug),
    )


def _position(cursor: str) -> submission_queries.ResultPosition:
    moment, (learner_id, slug) = pagination.decode_cursor(cursor, int, str)
    return submission_queries.ResultPosition(moment, int(learner_id), str(slug))


def _result(row: Row[*tuple[Any, ...]]) -> Result:
    return Result(
        learner_ref=row.learner_ref,
        exercise=row.slug,
        score=Score(row.given, row.max),
        attempts=row.attempts,
        submission_id=row.submission_id,
        updated_at=row.updated_at,
    )


MOST_ATTEMPTS_SHOWN = 12
"""Attempts that are listed."""

VERDICTS: Mapping[str, Verdict] = MappingProxyType({letter: verdict for verdict, letter in LETTERS.items()})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field answered or judged differently from the previous attempt; verdicts are None if they are hidden."""

    field: str
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class AttemptRegraded:
    """A submission that was judged again: its points before and now, out of `max`, when and why.

    At an assignment, these are the points of the attempt there, with lateness deducted, as on every other page.
    """

    before: float | None
    after: float
    max: float
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptDetail:
    """One attempt; `changes` is None for the first one, and if the fields have changed."""

    id: UUID
    sent_at: datetime
    status: Status
    score: Score | None
    changes: tuple[FieldChange, ...] | None
    regraded: AttemptRegraded | None = None


def attempts_of(
    session: Session,
    whose: SubmissionFilter,
    fields: Sequence[str],
    shown: ReportVisibility,
    terms: Terms | None = None,
) -> tuple[AttemptDetail, ...]:
    """Return a student's attempts, newest first.

    Args:
        session: joined.
        whose: the student, and the exercise or assignment.
        fields: names of the exercise's fields, in order.
        shown: how much of the reports the student sees.
        terms: the student's at the assignment; None for practice.
    """
    rows = submission_queries.newest_attempts(session, whose, MOST_ATTEMPTS_SHOWN + 1)
    sent = {row.id: row.submitted_at for row in rows}
    anew = {
        row.submission_id: _regraded(row, sent[row.submission_id], terms)
        for row in submission_queries.regraded_submissions(session, list(sent))
    }
    changes = [_changes(before, after, fields, shown) for after, before in pairwise(rows)]
    found = [
        AttemptDetail(
            id=row.id,
            sent_at=row.submitted_at,
            status=_status(row),
            score=Score(row.given, row.max) if shown.marks and row.given is not None else None,
            changes=changes[k] if k < len(changes) else None,
            regraded=anew.get(row.id) if shown.marks else None,
        )
        for k, row in enumerate(rows)
    ]
    return tuple(found[:MOST_ATTEMPTS_SHOWN])


def _status(row: Row[*tuple[Any, ...]]) -> Status:
    if row.failed:
        return Status.UNUSABLE if row.unusable else Status.FAILED
    return Status.PENDING if row.given is None else Status.GRADED


def _regraded(row: Row[*tuple[Any, ...]], sent_at: datetime, terms: Terms | None) -> AttemptRegraded:
    before, after, top = row.before, row.after, row.max
    if terms is not None:
        then = replace(terms, policy=Policy.from_json(row.policy_before))
        was = attempt_value(
            then, Attempt(row.submission_id, sent_at, row.before, row.max_before), row.max_before or 0.0
        )
        now = attempt_value(terms, Attempt(row.submission_id, sent_at, row.after, row.max), row.max)
        before = None if was is None else was.points
        after, top = (after, top) if now is None else (now.points, now.of)
    return AttemptRegraded(before, after, top, row.applied_at, row.reason)


def _changes(
    before: Row[*tuple[Any, ...]], after: Row[*tuple[Any, ...]], fields: Sequence[str], shown: ReportVisibility
) -> tuple[FieldChange, ...]:
    was, now = entries_from_json(before.answers), entries_from_json(after.answers)
    judged_then, judged_now = _verdicts(before, fields, shown), _verdicts(after, fields, shown)
    return tuple(
        FieldChange(name, judged_then.get(name), judged_now.get(name))
        for name in _typed_fields(fields, was, now)
        if was.get(name) != now.get(name) or judged_then.get(name) != judged_now.get(name)
    )


def _typed_fields(fields: Sequence[str], *answers: Mapping[str, Entry]) -> Iterator[str]:
    """Yield the exercise's fields in order, then file fields."""
    yield from fields
    yield from dict.fromkeys(name for typed in answers for name in typed if name not in fields)


def _verdicts(row: Row[*tuple[Any, ...]], fields: Sequence[str], shown: ReportVisibility) -> dict[str, Verdict]:
    """Return the verdict of each field; empty if hidden, or if the fields have changed."""
    if not shown.marks or not row.verdicts or len(row.verdicts) != len(fields):
        return {}
    told = {name: VERDICTS[letter] for name, letter in zip(fields, row.verdicts, strict=True)}
    if shown.mistakes:
        return told
    return {name: Verdict.WRONG if verdict is Verdict.MISTAKEN else verdict for name, verdict in told.items()}
