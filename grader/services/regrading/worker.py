"""The work of a regrade: judging in slices, and the switch of gradings at its end."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from grader.judging.answers import entries_from_json
from grader.judging.errors import GraderError
from grader.judging.judge import JUDGE_VERSION
from grader.judging.report import Report
from grader.messages.message import Message, to_json
from grader.services.grading.batch import JudgedGroup, by_exercise, judge_group
from grader.services.grading.context import GradingContext, row_of
from grader.services.grading.sandbox import SandboxFailedError, SandboxProcess, SandboxRequest
from grader.services.regrading.regrades import target_of
from grader.store import audit, exercises, regrades, submissions
from grader.store.audit import AuditEvent
from grader.store.database import DATABASE_AWAY
from grader.store.grading_queue import Claim
from grader.store.regrades import HeldRegrade, RegradeTarget, Unjudged
from grader.store.tables import Assignment
from grader.vocabulary import RegradeState

log = structlog.get_logger(__name__)


class RegradeFailedError(Exception):
    """A regrade comes to nothing; the text says why."""


@dataclass(slots=True)
class RegradeOutcome:
    """What came of judging some: reports, and why there is none for the others."""

    reports: list[tuple[Claim, Report]] = field(default_factory=list)
    failed: dict[UUID, Unjudged] = field(default_factory=dict)


@dataclass(slots=True)
class RegradeGrader:
    """Judges, and starts its process when there is something to be judged alone."""

    desk: GradingContext
    target: RegradeTarget
    _child: SandboxProcess | None = None
    _sources: dict[str, dict[str, str]] = field(default_factory=dict)

    def judge(self, rows: Sequence[Row[*tuple[Any, ...]]], *, alone: bool = False) -> RegradeOutcome:
        """Judge submissions; those with files alone, and `alone` all of them.

        One that cannot be judged among others is judged alone; one that cannot be judged then holds up nothing.

        Raises:
            RegradeFailedError: the exercise cannot be rebuilt, or no process started to judge alone.
        """
        in_company = [self._claim(row) for row in rows if not row.has_file and not alone]
        by_itself = [self._claim(row) for row in rows if row.has_file or alone]
        outcome = RegradeOutcome()
        for group in by_exercise(in_company):
            judged = self._together(group)
            outcome.reports += judged.reports
            by_itself += [claim for claim, _ in judged.failed]
        for claim in by_itself:
            self._alone(claim, outcome)
        return outcome

    def close(self) -> None:
        """End the process, if there is one."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _claim(self, row: Row[*tuple[Any, ...]]) -> Claim:
        return Claim(
            submission_id=row.id,
            tries=0,
            slug=row.slug,
            answers=row.answers,
            givens=row.givens,
            assignment_id=self.target.assignment_id,
            revision=row.revision,
            overrides=dict(self.target.overrides) or None,
            overrides_key=self.target.overrides_key,
        )

    def _together(self, group: list[Claim]) -> JudgedGroup:
        try:
            return judge_group(self.desk, group)
        except DATABASE_AWAY:
            raise
        except GraderError as error:
            raise RegradeFailedError(f"The exercise cannot be rebuilt: {error.detail}") from error

    def _alone(self, claim: Claim, outcome: RegradeOutcome) -> None:
        child = self._started()
        try:
            report = child.judge(self._request(claim))
            if report.unusable_file is None:
                outcome.reports.append((claim, report))
            else:
                outcome.failed[claim.submission_id] = _unusable(report.unusable_file)
        except SandboxFailedError as error:
            log.warning("a submission could not be judged anew", id=str(claim.submission_id), reason=str(error))
            outcome.failed[claim.submission_id] = Unjudged(str(error))

    def _started(self) -> SandboxProcess:
        if self._child is None or not self._child.is_running:
            limits = self.desk.limits
            try:
                self._child = SandboxProcess(limits.alone_seconds, limits.child_mebibytes)
            except SandboxFailedError as error:
                raise RegradeFailedError(f"Nothing can be judged alone: {error}") from error
        return self._child

    def _request(self, claim: Claim) -> SandboxRequest:
        with self.desk.sessions() as session:
            if claim.revision not in self._sources:
                self._sources[claim.revision] = exercises.revision_source(session, claim.revision)
            hashes = {entry.file for entry in entries_from_json(claim.answers).values() if entry.file}
            contents = {sha256: b64encode(submissions.blob_content(session, sha256)).decode() for sha256 in hashes}
        return SandboxRequest(
            claim.slug,
            claim.revision,
            self._sources[claim.revision],
            claim.answers,
            claim.givens,
            contents,
            claim.overrides or {},
        )


def _unusable(reason: Message) -> Unjudged:
    stored = to_json(reason)
    return Unjudged(str(reason), stored if isinstance(stored, dict) else None)


CHANGED_MEANWHILE = "The assignment was changed after the regrade was proposed. Please propose it again."
FREE = {"lease_until": None, "tries": 0}


class HeldWork(Protocol):
    """The regrade that is ours just now."""

    @property
    def desk(self) -> GradingContext:
        """Where it is judged."""
        ...

    @property
    def target(self) -> RegradeTarget:
        """By what."""
        ...

    @property
    def state(self) -> RegradeState:
        """What it was when it was taken up."""
        ...

    def last(self, session: Session) -> None:
        """Judge what is left."""
        ...

    def write(self, session: Session, **changed: Any) -> None:
        """Write into it, if it is still ours."""
        ...


def finish(session: Session, work: HeldWork, row: Row[*tuple[Any, ...]]) -> None:
    """Do what follows when everything is judged.

    Raises:
        RegradeFailedError: the assignment was changed meanwhile; nothing is.
    """
    ENDINGS[work.state](session, work, row)


def _ready(session: Session, work: HeldWork, _row: Row[*tuple[Any, ...]]) -> None:
    work.write(session, **FREE, state=RegradeState.READY.value, finished_at=work.desk.clock())


def _apply(session: Session, work: HeldWork, row: Row[*tuple[Any, ...]]) -> None:
    assignment = _hold(session, row.assignment_id)
    changes_policy = row.policy != row.before["policy"]
    if assignment.overrides_key != row.before["overrides_key"] or (
        changes_policy and assignment.policy != row.before["policy"]
    ):
        raise RegradeFailedError(CHANGED_MEANWHILE)
    work.last(session)
    regrades.switch_gradings(session, work.target, work.desk.clock())
    policy = row.policy if changes_policy else assignment.policy
    _set(session, row.assignment_id, {"overrides": row.overrides, "overrides_key": row.overrides_key}, policy)
    now = work.desk.clock()
    work.write(session, **FREE, state=RegradeState.APPLIED.value, applied_at=now)
    _log(session, AuditEvent(now, "regrade.applied", row.applied_by), assignment, row)


def _roll_back(session: Session, work: HeldWork, row: Row[*tuple[Any, ...]]) -> None:
    """A policy that somebody has changed since stays; what the regrade has changed is as it was before."""
    assignment = _hold(session, row.assignment_id)
    if assignment.overrides_key != row.overrides_key:
        raise RegradeFailedError(CHANGED_MEANWHILE)
    work.last(session)
    regrades.switch_gradings(session, work.target, work.desk.clock())
    policy = row.before["policy"] if assignment.policy == row.policy else assignment.policy
    before = {name: row.before[name] for name in ("overrides", "overrides_key")}
    _set(session, row.assignment_id, before, policy)
    now = work.desk.clock()
    work.write(session, **FREE, state=RegradeState.ROLLED_BACK.value, rolled_back_at=now)
    _log(session, AuditEvent(now, "regrade.rolled-back", row.rolled_back_by), assignment, row)


ENDINGS: dict[RegradeState, Callable[[Session, HeldWork, Row[*tuple[Any, ...]]], None]] = {
    RegradeState.RUNNING: _ready,
    RegradeState.APPLYING: _apply,
    RegradeState.ROLLING_BACK: _roll_back,
}


def _hold(session: Session, assignment_id: int) -> Row[*tuple[Any, ...]]:
    """The assignment, which nobody changes or stores gradings of until we are done; sending answers goes on."""
    wanted = select(Assignment.course_id, Assignment.overrides_key, Assignment.policy)
    held = wanted.where(Assignment.id == assignment_id).with_for_update(key_share=True)
    return session.execute(held).one()


def _set(session: Session, assignment_id: int, overrides: dict[str, Any], policy: dict[str, Any]) -> None:
    changed = {**overrides, "policy": policy}
    session.execute(update(Assignment).where(Assignment.id == assignment_id).values(changed))


def _log(session: Session, event: AuditEvent, assignment: Row[*tuple[Any, ...]], row: Row[*tuple[Any, ...]]) -> None:
    placed = replace(event, course_id=assignment.course_id, assignment_id=row.assignment_id)
    audit.add_event(session, replace(placed, detail={"regrade": row.id}))


SLICE_SECONDS = 2.0
"""After so long the processor is somebody else's: what people wait for goes first."""

MOST_TRIES = 3
"""Taken up so often without anything having come of it, a regrade is given up."""

TRIES_IN_COMPANY = 1
"""The first try judges in batches; where it ended without a word, the next judges one by one."""

MOST_UNJUDGED = 20
"""Up to so many submissions keep the grading that they have, where nothing can be made of them; not all of them."""

ROUNDS = 5
"""So often what was graded meanwhile is judged before the switch; then it is while new gradings wait."""

NO_REPORT = "The grader stopped each time it tried to judge the submissions anew."
OTHER_VERSION = "nn-grader was updated meanwhile. Please propose the regrade again."

FALLS_BACK: dict[str, RegradeState] = {
    RegradeState.RUNNING: RegradeState.FAILED,
    RegradeState.APPLYING: RegradeState.FAILED,
    RegradeState.ROLLING_BACK: RegradeState.APPLIED,
}
"""What a regrade is after it could not be finished: what counted before goes on counting."""


class LeaseLostError(Exception):
    """Somebody else has the regrade by now, or nobody wants it any more."""


@dataclass(frozen=True, slots=True)
class RegradeStats:
    """What a slice did: for which regrade, and whether it needs no more."""

    regrade_id: int
    judged: int = 0
    is_finished: bool = True


@dataclass(slots=True)
class _Work:
    desk: GradingContext
    bench: RegradeGrader
    target: RegradeTarget
    held: HeldRegrade
    state: RegradeState
    is_alone: bool
    judged: int = 0
    done: int = 0
    total: int = 0

    def until(self, stop: Callable[[], bool]) -> bool:
        """Judge until nothing is left, or the time is up: then False."""
        return all(not stop() for _ in self._batches())

    def _batches(self) -> Iterator[None]:
        with self.desk.sessions.begin() as session:
            regrades.settle_known_results(session, self.target)
            left = regrades.outstanding_submissions(session, self.target)
            self.done, self.total = regrades.count_judged(session, self.target)
            self.progress(session)
        size = 1 if self.is_alone else self.desk.limits.batch_size
        for start in range(0, len(left), size):
            self.take(left[start : start + size])
            yield

    def take(self, submission_ids: list[UUID]) -> None:
        """Judge some and store what comes of it, where the regrade is still ours."""
        with self.desk.sessions() as session:
            rows = regrades.to_judge(session, self.target, submission_ids)
        outcome = self.bench.judge(rows, alone=self.is_alone)
        with self.desk.sessions.begin() as session:
            self._store(session, outcome, submission_ids)
            self.progress(session)

    def last(self, session: Session) -> None:
        """Judge what is left while the assignment is held, so that nothing more comes."""
        left = regrades.outstanding_submissions(session, self.target)
        for start in range(0, len(left), self.desk.limits.batch_size):
            some = left[start : start + self.desk.limits.batch_size]
            outcome = self.bench.judge(regrades.to_judge(session, self.target, some), alone=self.is_alone)
            self._store(session, outcome, some)

    def _store(self, session: Session, outcome: RegradeOutcome, submission_ids: list[UUID]) -> None:
        now = self.desk.clock()
        if outcome.reports:
            in_order = sorted(outcome.reports, key=lambda pair: pair[0].submission_id)
            regrades.add_silent_gradings(session, [row_of(claim, report, now) for claim, report in in_order])
        self.done += regrades.settle_known_results(session, self.target, submission_ids)
        self.done += regrades.keep_gradings(session, self.target, outcome.failed)
        self.judged += len(outcome.reports) + len(outcome.failed)
        if outcome.failed:
            self._bound(session)

    def _bound(self, session: Session) -> None:
        """Give up where so many cannot be judged that it is no matter of single submissions."""
        unjudged = regrades.unjudged_results(session, self.target.regrade_id, MOST_UNJUDGED + 1)
        if len(unjudged) > MOST_UNJUDGED or (unjudged and len(unjudged) == self.total):
            first = unjudged[0]
            raise RegradeFailedError(f"Submission {first.submission_id} could not be judged: {first.failure}")

    def progress(self, session: Session) -> None:
        """Say how far it is, and keep it a while longer."""
        longer = replace(self.held, until=self.desk.lease())
        tries = {"tries": 0} if self.judged else {}
        self.write(session, done=self.done, total=self.total, lease_until=longer.until, **tries)
        self.held = longer

    def write(self, session: Session, **changed: Any) -> None:
        """Write into the regrade, if it is still ours."""
        if not regrades.update_held(session, self.held, **changed):
            raise LeaseLostError


def regrade_some(desk: GradingContext, slice_seconds: float = SLICE_SECONDS) -> RegradeStats | None:
    """Work a while on the regrade that was asked for first; None where there is nothing to do.

    It may run twice, and may be killed at any moment: what was stored is stored, the rest is found again when the
    lease has ended. Whatever happens, what counts changes in one transaction or not at all.
    """
    with desk.sessions.begin() as session:
        row = regrades.claim_regrade(session, desk.clock(), desk.lease(), desk.holder)
    if row is None:
        return None
    target = target_of(row)
    with closing(RegradeGrader(desk, target)) as bench:
        held = HeldRegrade(row.id, row.lease_until)
        work = _Work(desk, bench, target, held, RegradeState(row.state), row.tries > TRIES_IN_COMPANY)
        try:
            is_finished = _work(work, row, slice_seconds)
        except LeaseLostError:
            return RegradeStats(row.id, work.judged)
        except RegradeFailedError as failed:
            _fail(work, str(failed))
            return RegradeStats(row.id, work.judged)
    return RegradeStats(row.id, work.judged, is_finished)


def _work(work: _Work, row: Row[*tuple[Any, ...]], slice_seconds: float) -> bool:
    if row.tries > MOST_TRIES:
        raise RegradeFailedError(NO_REPORT)
    if work.target.judge_version != JUDGE_VERSION:
        raise RegradeFailedError(OTHER_VERSION)
    deadline = work.desk.clock() + timedelta(seconds=slice_seconds)
    is_done = work.until(lambda: work.desk.clock() >= deadline)
    if not is_done:
        with work.desk.sessions.begin() as session:
            work.write(session, lease_until=None)
        return False
    _end(work, row)
    return True


def _end(work: _Work, row: Row[*tuple[Any, ...]]) -> None:
    """Say that it is ready, or switch; what was graded meanwhile is judged first."""
    for _ in range(ROUNDS if work.state is not RegradeState.RUNNING else 0):
        with work.desk.sessions() as session:
            if not regrades.outstanding_submissions(session, work.target):
                break
        work.until(lambda: False)
    with work.desk.sessions.begin() as session:
        finish(session, work, row)


def _fail(work: _Work, reason: str) -> None:
    becomes = FALLS_BACK[work.state]
    with work.desk.sessions.begin() as session:
        is_ours = regrades.update_held(
            session, work.held, state=becomes.value, failure=reason, lease_until=None, tries=0
        )
        if is_ours and becomes is RegradeState.FAILED:
            regrades.drop_results(session, work.target.regrade_id)
