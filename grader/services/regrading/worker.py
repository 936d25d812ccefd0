"""The worker's part of a regrade: planned, judged in chunks by several workers, and completed by one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.judging.judge import JUDGE_VERSION
from grader.services.grading.context import GradingContext
from grader.services.grading.isolated import IsolatedJudge
from grader.services.regrading.grader import RegradeFailedError, RegradeGrader, RegradeOutcome
from grader.services.regrading.regrades import UNCLAIMED, target_of
from grader.store import audit, regrade_chunks, regrade_states, regrades, tallies
from grader.store.audit import AuditEvent
from grader.store.regrade_chunks import HeldChunk
from grader.store.regrades import HeldRegrade, RegradeTarget
from grader.vocabulary import RegradeState

SLICE_SECONDS = 2.0
"""Nothing new is begun after this time, so that interactive grading is not starved."""

MOST_TRIES = 3
"""Tries without progress after which a regrade is marked failed."""

BATCHED_TRIES = 2
"""The first try judges a chunk at once; the second stores each batch of it; the next ones judge one by one."""

LEASE_SHARE = 0.25
"""After this part of a lease without a result, what has been judged is stored and the lease extended."""

MOST_UNJUDGED = 20
"""Submissions that may keep their grading because they cannot be judged, as long as it is not all of them."""

ROUNDS = 5
"""Catch-up rounds before locking the assignment; the rest is judged under the lock."""

NO_REPORT = "The grader stopped each time it tried to judge the submissions anew."
OTHER_VERSION = "nn-grader was updated meanwhile. Please propose the regrade again."
CHANGED_MEANWHILE = "The assignment was changed after the regrade was proposed. Please propose it again."
"""Stored with the regrade, so none of the three is reworded; `grader.web.pages.regrades.text` words them."""

FALLS_BACK: dict[str, RegradeState] = {
    RegradeState.RUNNING: RegradeState.FAILED,
    RegradeState.APPLYING: RegradeState.FAILED,
    RegradeState.ROLLING_BACK: RegradeState.APPLIED,
}
"""The state of a regrade that could not be completed: the earlier gradings keep counting."""


class LeaseLostError(Exception):
    """The regrade, or its chunk, is held by another worker now, or is no longer wanted."""


@dataclass(frozen=True, slots=True)
class RegradeStats:
    """The outcome of one slice: for which regrade, and whether it is complete."""

    regrade_id: int
    judged: int = 0
    is_finished: bool = True


@dataclass(slots=True)
class RegradeJudging:
    """Judges submissions for a regrade and stores what comes of them; `judged` counts them.

    Attributes:
        tries: including this one: the more have ended without a result, the more carefully it judges.
    """

    context: GradingContext
    grader: RegradeGrader
    target: RegradeTarget
    tries: int
    judged: int = 0

    def parts(
        self, submission_ids: Sequence[UUID], session: Session | None = None
    ) -> Iterator[tuple[RegradeOutcome, bool]]:
        """Judge those of these submissions that have no outcome yet, as a session sees them, or by now.

        Yield what is to be stored together, and whether it is the last part. There is one part, unless judging takes
        long, as of files, so that the lease has to be extended; or an earlier try ended without a result.
        """
        outcome, began = RegradeOutcome(), self.context.clock()
        patience = timedelta(seconds=self.context.limits.lease_seconds * LEASE_SHARE)
        for piece in self.grader.judge(self._rows(submission_ids, session), alone=self.tries > BATCHED_TRIES):
            outcome.add(piece)
            if self.tries > 1 or self.context.clock() - began >= patience:
                yield outcome, False
                outcome, began = RegradeOutcome(), self.context.clock()
        yield outcome, True

    def _rows(self, submission_ids: Sequence[UUID], session: Session | None) -> Sequence[Row[*tuple[Any, ...]]]:
        if session is not None:
            return regrades.to_judge(session, self.target, submission_ids)
        with self.context.sessions() as own:
            return regrades.to_judge(own, self.target, submission_ids)

    def store(self, session: Session, outcome: RegradeOutcome) -> int:
        """Store an outcome, and return how many submissions it is of.

        Raises:
            RegradeFailedError: so many submissions cannot be judged that they are not the cause.
        """
        done = 0
        if outcome.reports:
            regrade_chunks.add_silent_gradings(session, outcome.reports)
            done += regrades.add_results(session, self.target, outcome.judged)
        done += regrades.keep_gradings(session, self.target, outcome.failed)
        self.judged += len(outcome.judged) + len(outcome.failed)
        if outcome.failed:
            self._check_unjudged(session)
        return done

    def _check_unjudged(self, session: Session) -> None:
        unjudged = regrades.unjudged_results(session, self.target.regrade_id, MOST_UNJUDGED + 1)
        if len(unjudged) > MOST_UNJUDGED or (
            unjudged and len(unjudged) == regrades.count_judged(session, self.target)[1]
        ):
            first = unjudged[0]
            raise RegradeFailedError(f"Submission {first.submission_id} could not be judged: {first.failure}")


@dataclass(slots=True)
class ChunkWork:
    """A chunk of a regrade that this worker holds."""

    chunk: HeldChunk
    judging: RegradeJudging

    def judge_until(self, stop: Callable[[], bool]) -> None:
        """Judge the chunk, or a part of it if the time is up.

        Raises:
            LeaseLostError: another worker holds it, or the regrade is no longer wanted; nothing is stored.
            RegradeFailedError: as `RegradeJudging.store` says.
        """
        context = self.judging.context
        for outcome, is_last in self.judging.parts(self.chunk.submission_ids):
            until = None if stop() else context.lease()
            with context.sessions.begin() as session:
                regrade_chunks.lock_for_storing(session, self.chunk.regrade.id)
                self._hold(session, until, is_last=is_last)
                done = self.judging.store(session, outcome)
                regrade_chunks.add_done(session, self.chunk.regrade.id, done)
            if until is None:
                return

    def _hold(self, session: Session, until: datetime | None, *, is_last: bool) -> None:
        held = regrade_chunks.finish_chunk if is_last else partial(regrade_chunks.hold_chunk, until=until)
        if not held(session, self.chunk):
            raise LeaseLostError

    def fail(self, reason: str) -> None:
        """Give the regrade up, unless the chunk is no longer ours."""
        row, becomes = self.chunk.regrade, FALLS_BACK[self.chunk.regrade.state]
        with self.judging.context.sessions.begin() as session:
            regrade_chunks.lock_for_ending(session, row.id)
            if regrade_chunks.finish_chunk(session, self.chunk):
                regrade_states.change_regrade(session, row.id, {**UNCLAIMED, "state": becomes.value, "failure": reason})
                _drop(session, row.id, becomes)


def _drop(session: Session, regrade_id: int, becomes: RegradeState) -> None:
    regrade_chunks.drop_chunks(session, regrade_id)
    if becomes is RegradeState.FAILED:
        regrades.drop_results(session, regrade_id)


@dataclass(slots=True)
class RegradeWork:
    """A regrade that this worker plans or completes, alone.

    Attributes:
        held: proves that the regrade is still held.
        row: of the regrade when it was claimed.
    """

    held: HeldRegrade
    row: Row[*tuple[Any, ...]]
    judging: RegradeJudging

    @property
    def target(self) -> RegradeTarget:
        """How it judges."""
        return self.judging.target

    @property
    def context(self) -> GradingContext:
        """Where it is judged."""
        return self.judging.context

    @property
    def state(self) -> RegradeState:
        """The state in which it was claimed."""
        return RegradeState(self.row.state)

    def plan(self) -> None:
        """Record what is known already, and divide the rest into chunks."""
        with self.context.sessions.begin() as session:
            regrades.settle_known_results(session, self.target)
            regrade_chunks.plan_chunks(session, self.target, self.context.limits.regrade_batch)
            done, total = regrades.count_judged(session, self.target)
            planned = {"planned_at": self.context.clock(), "known_when_planned": done}
            self.write(session, done=done, total=total, **planned, lease_until=None, tries=0)

    def catch_up(self) -> bool:
        """Judge what was graded since the regrade was planned; return False if nothing was."""
        with self.context.sessions() as session:
            left = self._left(session)
        for some in left:
            for outcome, _ in self.judging.parts(some):
                with self.context.sessions.begin() as session:
                    self.judging.store(session, outcome)
                    self.extend(session)
        return bool(left)

    def judge_rest(self, session: Session) -> None:
        """Judge what was graded since then, while the assignment is locked, so that no more arrives."""
        for some in self._left(session):
            for outcome, _ in self.judging.parts(some, session):
                self.judging.store(session, outcome)

    def _left(self, session: Session) -> list[list[UUID]]:
        left, size = regrades.outstanding_submissions(session, self.target), self.context.limits.regrade_batch
        return [left[start : start + size] for start in range(0, len(left), size)]

    def extend(self, session: Session) -> None:
        """Extend the lease."""
        longer = replace(self.held, until=self.context.lease())
        tries = {"tries": 0} if self.judging.judged else {}
        self.write(session, lease_until=longer.until, **tries)
        self.held = longer

    def write(self, session: Session, **changed: Any) -> None:
        """Update the regrade if it is still held."""
        if not regrades.update_held(session, self.held, **changed):
            raise LeaseLostError

    def finish(self) -> None:
        """Mark the regrade as ready, or switch; submissions graded in the meantime are judged first."""
        for _ in range(ROUNDS):
            if not self.catch_up():
                break
        with self.context.sessions.begin() as session:
            done, total = regrades.count_judged(session, self.target)
            self.write(session, done=done, total=total)
            ENDINGS[self.state](session, self, self.row)

    def fail(self, reason: str) -> None:
        """Give the regrade up, unless it is no longer ours."""
        becomes = FALLS_BACK[self.row.state]
        with self.context.sessions.begin() as session:
            if regrades.update_held(session, self.held, **UNCLAIMED, state=becomes.value, failure=reason):
                _drop(session, self.row.id, becomes)


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


def regrade_some(
    context: GradingContext, slice_seconds: float = SLICE_SECONDS, share: Callable[[], None] = lambda: None
) -> RegradeStats | None:
    """Work for a while on the oldest requested regrade; return None if there is nothing to do.

    May run repeatedly, several times at once, and be killed at any moment: stored results stay, and the rest is found
    again when the lease ends. Whatever happens, what counts changes in one transaction or not at all.

    Args:
        context: where to grade.
        slice_seconds: nothing new is begun after this time.
        share: called while there is work for another worker.
    """
    deadline = context.clock() + timedelta(seconds=slice_seconds)
    done: RegradeStats | None = None
    with closing(IsolatedJudge(context)) as isolated:
        work = _Slice(context, isolated, lambda: context.clock() >= deadline, share)
        while done is None or not (done.is_finished or work.stop()):
            step = work.judge_chunk() or work.plan_or_finish()
            if step is None:
                return done
            done = replace(step, judged=step.judged + (done.judged if done else 0))
    return done


@dataclass(frozen=True, slots=True)
class _Slice:
    context: GradingContext
    isolated: IsolatedJudge
    stop: Callable[[], bool]
    share: Callable[[], None]

    def judge_chunk(self) -> RegradeStats | None:
        """Judge a chunk, or return None if there is none for this worker."""
        limits, now = self.context.limits, self.context.clock()
        with self.context.sessions.begin() as session:
            chunk = regrade_chunks.claim_chunk(
                session, now, self.context.lease(), limits.regrade_workers, self.context.holder
            )
        if chunk is None:
            return None
        if chunk.others and not chunk.is_last_worker:
            self.share()
        work = ChunkWork(chunk, self._judging(chunk.regrade, chunk.tries))
        return self._done(work, chunk.regrade, chunk.tries, lambda: work.judge_until(self.stop))

    def plan_or_finish(self) -> RegradeStats | None:
        """Plan or complete the regrade, or return None if others are at work on it or there is none."""
        with self.context.sessions.begin() as session:
            row = regrades.claim_regrade(session, self.context.clock(), self.context.lease(), self.context.holder)
        if row is None:
            return None
        work = RegradeWork(HeldRegrade(row.id, row.lease_until), row, self._judging(row, row.tries))
        if row.planned_at is None:
            return self._done(work, row, row.tries, work.plan)
        done = self._done(work, row, row.tries, work.finish)
        return replace(done, is_finished=True)

    def _judging(self, row: Row[*tuple[Any, ...]], tries: int) -> RegradeJudging:
        target = target_of(row)
        grader = RegradeGrader(self.context, target, self.isolated)
        return RegradeJudging(self.context, grader, target, tries)

    def _done(
        self, work: ChunkWork | RegradeWork, row: Row[*tuple[Any, ...]], tries: int, step: Callable[[], None]
    ) -> RegradeStats:
        """Do a step of the work, and return what it came to; a regrade that cannot be judged has failed."""
        try:
            _check(work.judging.target, tries)
            step()
        except LeaseLostError:
            return RegradeStats(row.id, work.judging.judged)
        except RegradeFailedError as failed:
            work.fail(str(failed))
            return RegradeStats(row.id, work.judging.judged)
        return RegradeStats(row.id, work.judging.judged, is_finished=False)


def _check(target: RegradeTarget, tries: int) -> None:
    if tries > MOST_TRIES:
        raise RegradeFailedError(NO_REPORT)
    if target.judge_version != JUDGE_VERSION:
        raise RegradeFailedError(OTHER_VERSION)
