"""What the worker does for regrades: a slice at a time, from where it or another one stopped."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.checking.judge import JUDGE_VERSION
from grader.services.desk import Desk, row_of
from grader.services.regrade.bench import Bench, Outcome, RegradeFailedError
from grader.services.regrade.finish import finish
from grader.services.regrade.target import target_of
from grader.store import regrading
from grader.store.regrades import RegradeState
from grader.store.regrading import Held, Target

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

NO_WORD = "The grader stopped each time it tried to judge the submissions anew."
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
class Regraded:
    """What a slice did: for which regrade, and whether it needs no more."""

    regrade_id: int
    judged: int = 0
    is_finished: bool = True


@dataclass(slots=True)
class _Work:
    desk: Desk
    bench: Bench
    target: Target
    held: Held
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
            regrading.settle_known(session, self.target)
            left = regrading.outstanding(session, self.target)
            self.done, self.total = regrading.count(session, self.target)
            self.progress(session)
        size = 1 if self.is_alone else self.desk.limits.batch_size
        for start in range(0, len(left), size):
            self.take(left[start : start + size])
            yield

    def take(self, submission_ids: list[UUID]) -> None:
        """Judge some and store what comes of it, where the regrade is still ours."""
        with self.desk.sessions() as session:
            rows = regrading.to_judge(session, self.target, submission_ids)
        outcome = self.bench.judge(rows, alone=self.is_alone)
        with self.desk.sessions.begin() as session:
            self._store(session, outcome, submission_ids)
            self.progress(session)

    def last(self, session: Session) -> None:
        """Judge what is left while the assignment is held, so that nothing more comes."""
        left = regrading.outstanding(session, self.target)
        for start in range(0, len(left), self.desk.limits.batch_size):
            some = left[start : start + self.desk.limits.batch_size]
            outcome = self.bench.judge(regrading.to_judge(session, self.target, some), alone=self.is_alone)
            self._store(session, outcome, some)

    def _store(self, session: Session, outcome: Outcome, submission_ids: list[UUID]) -> None:
        now = self.desk.clock()
        if outcome.reports:
            in_order = sorted(outcome.reports, key=lambda pair: pair[0].submission_id)
            regrading.add(session, [row_of(claim, report, now) for claim, report in in_order])
        self.done += regrading.settle_known(session, self.target, submission_ids)
        self.done += regrading.pass_over(session, self.target, outcome.failed)
        self.judged += len(outcome.reports) + len(outcome.failed)
        if outcome.failed:
            self._bound(session)

    def _bound(self, session: Session) -> None:
        """Give up where so many cannot be judged that it is no matter of single submissions."""
        unjudged = regrading.unjudged(session, self.target.regrade_id, MOST_UNJUDGED + 1)
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
        if not regrading.note(session, self.held, **changed):
            raise LeaseLostError


def regrade_some(desk: Desk, slice_seconds: float = SLICE_SECONDS) -> Regraded | None:
    """Work a while on the regrade that was asked for first; None where there is nothing to do.

    It may run twice, and may be killed at any moment: what was stored is stored, the rest is found again when the
    lease has ended. Whatever happens, what counts changes in one transaction or not at all.
    """
    with desk.sessions.begin() as session:
        row = regrading.claim(session, desk.clock(), desk.lease(), desk.holder)
    if row is None:
        return None
    target = target_of(row)
    with closing(Bench(desk, target)) as bench:
        held = Held(row.id, row.lease_until)
        work = _Work(desk, bench, target, held, RegradeState(row.state), row.tries > TRIES_IN_COMPANY)
        try:
            is_finished = _work(work, row, slice_seconds)
        except LeaseLostError:
            return Regraded(row.id, work.judged)
        except RegradeFailedError as failed:
            _fail(work, str(failed))
            return Regraded(row.id, work.judged)
    return Regraded(row.id, work.judged, is_finished)


def _work(work: _Work, row: Row[*tuple[Any, ...]], slice_seconds: float) -> bool:
    if row.tries > MOST_TRIES:
        raise RegradeFailedError(NO_WORD)
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
            if not regrading.outstanding(session, work.target):
                break
        work.until(lambda: False)
    with work.desk.sessions.begin() as session:
        finish(session, work, row)


def _fail(work: _Work, reason: str) -> None:
    becomes = FALLS_BACK[work.state]
    with work.desk.sessions.begin() as session:
        is_ours = regrading.note(session, work.held, state=becomes.value, failure=reason, lease_until=None, tries=0)
        if is_ours and becomes is RegradeState.FAILED:
            regrading.drop(session, work.target.regrade_id)
