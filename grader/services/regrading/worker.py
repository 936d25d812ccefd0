"""The worker's part of a regrade: judging in slices, and the final switch of gradings."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.judging.errors import GraderError
from grader.judging.judge import JUDGE_VERSION
from grader.judging.report import Report
from grader.messages.message import Message, to_json
from grader.services.grading.context import GradingContext, row_of
from grader.services.grading.drain import JudgedGroup, by_exercise, judge_group
from grader.services.grading.isolated import IsolatedJudge
from grader.services.grading.sandbox import SandboxFailedError
from grader.services.regrading.regrades import UNCLAIMED, target_of
from grader.store import audit, regrade_states, regrades, tallies
from grader.store.audit import AuditEvent
from grader.store.database import DATABASE_AWAY
from grader.store.grading_queue import Claim
from grader.store.regrades import HeldRegrade, RegradeTarget, Unjudged
from grader.vocabulary import RegradeState

log = structlog.get_logger(__name__)


class RegradeFailedError(Exception):
    """A regrade failed; the text says why."""


@dataclass(slots=True)
class RegradeOutcome:
    """The outcome of judging some submissions: reports, and reasons for those without one."""

    reports: list[tuple[Claim, Report]] = field(default_factory=list)
    failed: dict[UUID, Unjudged] = field(default_factory=dict)


@dataclass(slots=True)
class RegradeGrader:
    """Judges submissions by a regrade's target, in batches or in isolation."""

    context: GradingContext
    target: RegradeTarget
    isolated: IsolatedJudge

    def judge(self, rows: Sequence[Row[*tuple[Any, ...]]], *, alone: bool = False) -> RegradeOutcome:
        """Judge submissions; those with files alone, and all of them if `alone`.

        A submission that cannot be judged in a batch is judged alone; if that fails too, it does not block the others.

        Raises:
            RegradeFailedError: the exercise cannot be rebuilt, or no sandbox process started.
        """
        batched = [self._claim(row) for row in rows if not row.has_file and not alone]
        isolated = [self._claim(row) for row in rows if row.has_file or alone]
        outcome = RegradeOutcome()
        for group in by_exercise(batched):
            judged = self._judge_batch(group)
            outcome.reports += judged.reports
            isolated += [claim for claim, _ in judged.failed]
        for claim in isolated:
            self._judge_isolated(claim, outcome)
        return outcome

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

    def _judge_batch(self, group: list[Claim]) -> JudgedGroup:
        try:
            return judge_group(self.context, group)
        except DATABASE_AWAY:
            raise
        except GraderError as error:
            raise RegradeFailedError(f"The exercise cannot be rebuilt: {error.detail}") from error

    def _judge_isolated(self, claim: Claim, outcome: RegradeOutcome) -> None:
        self._start()
        try:
            report = self.isolated.judge(claim)
            if report.unusable_file is None:
                outcome.reports.append((claim, report))
            else:
                outcome.failed[claim.submission_id] = _unusable(report.unusable_file)
        except SandboxFailedError as error:
            log.warning("a submission could not be judged anew", id=str(claim.submission_id), reason=str(error))
            outcome.failed[claim.submission_id] = Unjudged(str(error))

    def _start(self) -> None:
        try:
            self.isolated.start()
        except SandboxFailedError as error:
            raise RegradeFailedError(f"Nothing can be judged alone: {error}") from error


def _unusable(reason: Message) -> Unjudged:
    stored = to_json(reason)
    return Unjudged(str(reason), stored if isinstance(stored, dict) else None)


SLICE_SECONDS = 2.0
"""Upper bound of one slice, so that interactive grading is not starved."""

MOST_TRIES = 3
"""Tries without progress after which a regrade is marked failed."""

BATCHED_TRIES = 1
"""The first try judges in batches; if it ended without a result, the next one judges submissions one by one."""

MOST_UNJUDGED = 20
"""Submissions that may keep their grading because they cannot be judged, as long as it is not all of them."""

ROUNDS = 5
"""Catch-up rounds before locking the assignment; the rest is judged under the lock."""

NO_REPORT = "The grader stopped each time it tried to judge the submissions anew."
OTHER_VERSION = "nn-grader was updated meanwhile. Please propose the regrade again."

FALLS_BACK: dict[str, RegradeState] = {
    RegradeState.RUNNING: RegradeState.FAILED,
    RegradeState.APPLYING: RegradeState.FAILED,
    RegradeState.ROLLING_BACK: RegradeState.APPLIED,
}
"""The state of a regrade that could not be completed: the earlier gradings keep counting."""


class LeaseLostError(Exception):
    """The regrade is held by another worker now, or is no longer wanted."""


@dataclass(frozen=True, slots=True)
class RegradeStats:
    """The outcome of one slice: for which regrade, and whether it is complete."""

    regrade_id: int
    judged: int = 0
    is_finished: bool = True


@dataclass(slots=True)
class RegradeWork:
    """The regrade that this worker holds, and its progress.

    Attributes:
        held: proves that the regrade is still held.
        state: of the regrade when it was claimed.
        one_by_one: whether each submission is judged in isolation, because an earlier try ended without a result.
        judged: submissions judged in this slice.
        done: submissions with a known result, of `total`.
    """

    context: GradingContext
    grader: RegradeGrader
    target: RegradeTarget
    held: HeldRegrade
    state: RegradeState
    one_by_one: bool
    judged: int = 0
    done: int = 0
    total: int = 0

    def judge_until(self, stop: Callable[[], bool]) -> bool:
        """Judge until nothing is left (return True) or the time is up (return False)."""
        return all(not stop() for _ in self._batches())

    def _batches(self) -> Iterator[None]:
        with self.context.sessions.begin() as session:
            regrades.settle_known_results(session, self.target)
            left = regrades.outstanding_submissions(session, self.target)
            self.done, self.total = regrades.count_judged(session, self.target)
            self.progress(session)
        size = 1 if self.one_by_one else self.context.limits.batch_size
        for start in range(0, len(left), size):
            self.judge(left[start : start + size])
            yield

    def judge(self, submission_ids: list[UUID]) -> None:
        """Judge some submissions and store the results if the regrade is still held."""
        with self.context.sessions() as session:
            rows = regrades.to_judge(session, self.target, submission_ids)
        outcome = self.grader.judge(rows, alone=self.one_by_one)
        with self.context.sessions.begin() as session:
            self._store(session, outcome, submission_ids)
            self.progress(session)

    def judge_rest(self, session: Session) -> None:
        """Judge the remaining submissions while the assignment is locked, so that no more arrive."""
        left = regrades.outstanding_submissions(session, self.target)
        for start in range(0, len(left), self.context.limits.batch_size):
            some = left[start : start + self.context.limits.batch_size]
            outcome = self.grader.judge(regrades.to_judge(session, self.target, some), alone=self.one_by_one)
            self._store(session, outcome, some)

    def _store(self, session: Session, outcome: RegradeOutcome, submission_ids: list[UUID]) -> None:
        now = self.context.clock()
        if outcome.reports:
            in_order = sorted(outcome.reports, key=lambda pair: pair[0].submission_id)
            regrades.add_silent_gradings(session, [row_of(claim, report, now) for claim, report in in_order])
        self.done += regrades.settle_known_results(session, self.target, submission_ids)
        self.done += regrades.keep_gradings(session, self.target, outcome.failed)
        self.judged += len(outcome.reports) + len(outcome.failed)
        if outcome.failed:
            self._check_unjudged(session)

    def _check_unjudged(self, session: Session) -> None:
        """Fail if so many submissions cannot be judged that they are not the cause."""
        unjudged = regrades.unjudged_results(session, self.target.regrade_id, MOST_UNJUDGED + 1)
        if len(unjudged) > MOST_UNJUDGED or (unjudged and len(unjudged) == self.total):
            first = unjudged[0]
            raise RegradeFailedError(f"Submission {first.submission_id} could not be judged: {first.failure}")

    def progress(self, session: Session) -> None:
        """Report progress and extend the lease."""
        longer = replace(self.held, until=self.context.lease())
        tries = {"tries": 0} if self.judged else {}
        self.write(session, done=self.done, total=self.total, lease_until=longer.until, **tries)
        self.held = longer

    def write(self, session: Session, **changed: Any) -> None:
        """Update the regrade if it is still held."""
        if not regrades.update_held(session, self.held, **changed):
            raise LeaseLostError


CHANGED_MEANWHILE = "The assignment was changed after the regrade was proposed. Please propose it again."


def finish(session: Session, work: RegradeWork, row: Row[*tuple[Any, ...]]) -> None:
    """Complete a regrade whose submissions have all been judged.

    Raises:
        RegradeFailedError: the assignment was changed in the meantime; nothing is switched.
    """
    ENDINGS[work.state](session, work, row)


def _ready(session: Session, work: RegradeWork, _row: Row[*tuple[Any, ...]]) -> None:
    work.write(session, **UNCLAIMED, state=RegradeState.READY.value, finished_at=work.context.clock())


def _apply(session: Session, work: RegradeWork, row: Row[*tuple[Any, ...]]) -> None:
    assignment = _hold(session, row.assignment_id)
    changes_policy = row.policy != row.before["policy"]
    if assignment.overrides_key != row.before["overrides_key"] or (
        changes_policy and assignment.policy != row.before["policy"]
    ):
        raise RegradeFailedError(CHANGED_MEANWHILE)
    work.judge_rest(session)
    regrades.switch_gradings(session, work.target, work.context.clock())
    tallies.recount_regrade(session, work.target.regrade_id)
    policy = row.policy if changes_policy else assignment.policy
    regrade_states.set_way_of_judging(
        session, row.assignment_id, {"overrides": row.overrides, "overrides_key": row.overrides_key}, policy
    )
    now = work.context.clock()
    work.write(session, **UNCLAIMED, state=RegradeState.APPLIED.value, applied_at=now)
    _log(session, AuditEvent(now, "regrade.applied", row.applied_by), assignment, row)


def _roll_back(session: Session, work: RegradeWork, row: Row[*tuple[Any, ...]]) -> None:
    """Restore what the regrade changed; a policy that was edited since is kept."""
    assignment = _hold(session, row.assignment_id)
    if assignment.overrides_key != row.overrides_key:
        raise RegradeFailedError(CHANGED_MEANWHILE)
    work.judge_rest(session)
    regrades.switch_gradings(session, work.target, work.context.clock())
    tallies.recount_regrade(session, work.target.regrade_id)
    policy = row.before["policy"] if assignment.policy == row.policy else assignment.policy
    before = {name: row.before[name] for name in ("overrides", "overrides_key")}
    regrade_states.set_way_of_judging(session, row.assignment_id, before, policy)
    now = work.context.clock()
    work.write(session, **UNCLAIMED, state=RegradeState.ROLLED_BACK.value, rolled_back_at=now)
    _log(session, AuditEvent(now, "regrade.rolled-back", row.rolled_back_by), assignment, row)


ENDINGS: dict[RegradeState, Callable[[Session, RegradeWork, Row[*tuple[Any, ...]]], None]] = {
    RegradeState.RUNNING: _ready,
    RegradeState.APPLYING: _apply,
    RegradeState.ROLLING_BACK: _roll_back,
}


def _hold(session: Session, assignment_id: int) -> Row[*tuple[Any, ...]]:
    """Lock the assignment against changes and new gradings until the transaction ends; submitting continues."""
    held = regrade_states.lock_assignment_for_regrade(session, assignment_id)
    if held is None:
        raise LookupError(f"assignment {assignment_id} is gone")
    return held


def _log(session: Session, event: AuditEvent, assignment: Row[*tuple[Any, ...]], row: Row[*tuple[Any, ...]]) -> None:
    placed = replace(event, course_id=assignment.course_id, assignment_id=row.assignment_id)
    audit.add_event(session, replace(placed, detail={"regrade": row.id}))


def regrade_some(context: GradingContext, slice_seconds: float = SLICE_SECONDS) -> RegradeStats | None:
    """Work for a while on the oldest requested regrade; return None if there is nothing to do.

    May run repeatedly and be killed at any moment: stored results stay, and the rest is found again when the lease
    ends. Whatever happens, what counts changes in one transaction or not at all.
    """
    with context.sessions.begin() as session:
        row = regrades.claim_regrade(session, context.clock(), context.lease(), context.holder)
    if row is None:
        return None
    target = target_of(row)
    with closing(IsolatedJudge(context)) as isolated:
        grader = RegradeGrader(context, target, isolated)
        held = HeldRegrade(row.id, row.lease_until)
        work = RegradeWork(context, grader, target, held, RegradeState(row.state), row.tries > BATCHED_TRIES)
        try:
            is_finished = _run_slice(work, row, slice_seconds)
        except LeaseLostError:
            return RegradeStats(row.id, work.judged)
        except RegradeFailedError as failed:
            _fail(work, str(failed))
            return RegradeStats(row.id, work.judged)
    return RegradeStats(row.id, work.judged, is_finished)


def _run_slice(work: RegradeWork, row: Row[*tuple[Any, ...]], slice_seconds: float) -> bool:
    if row.tries > MOST_TRIES:
        raise RegradeFailedError(NO_REPORT)
    if work.target.judge_version != JUDGE_VERSION:
        raise RegradeFailedError(OTHER_VERSION)
    deadline = work.context.clock() + timedelta(seconds=slice_seconds)
    is_done = work.judge_until(lambda: work.context.clock() >= deadline)
    if not is_done:
        with work.context.sessions.begin() as session:
            work.write(session, lease_until=None)
        return False
    _finish(work, row)
    return True


def _finish(work: RegradeWork, row: Row[*tuple[Any, ...]]) -> None:
    """Mark the regrade as ready, or switch; submissions graded in the meantime are judged first."""
    for _ in range(ROUNDS if work.state is not RegradeState.RUNNING else 0):
        with work.context.sessions() as session:
            if not regrades.outstanding_submissions(session, work.target):
                break
        work.judge_until(lambda: False)
    with work.context.sessions.begin() as session:
        finish(session, work, row)


def _fail(work: RegradeWork, reason: str) -> None:
    becomes = FALLS_BACK[work.state]
    with work.context.sessions.begin() as session:
        is_ours = regrades.update_held(session, work.held, **UNCLAIMED, state=becomes.value, failure=reason)
        if is_ours and becomes is RegradeState.FAILED:
            regrades.drop_results(session, work.target.regrade_id)
