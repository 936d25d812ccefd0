"""Grading of all waiting submissions, in batches: submissions to one exercise are judged together."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog

from grader.catalog.load import Catalog
from grader.judging.answers import entries_from_json, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.overrides import Overrides, apply
from grader.judging.report import Report
from grader.judging.variants import variant
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions, grouped
from grader.services.grading.isolated import IsolatedJudge, grade_isolated
from grader.services.grading.sandbox import TooSlowError, time_limit
from grader.store import grading_queue
from grader.store.database import DATABASE_AWAY, Sessions, autocommit
from grader.store.grading_queue import Claim, WhatWaits

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Isolated(Generic[Item, Done]):
    """The outcome of some work: the result of each part, and each item that raised on its own with its exception."""

    done: tuple[Done, ...] = ()
    failed: tuple[tuple[Item, Exception], ...] = ()

    def __add__(self, other: "Isolated[Item, Done]") -> "Isolated[Item, Done]":
        return Isolated(self.done + other.done, self.failed + other.failed)


def isolate_failures(work: Callable[[Sequence[Item]], Done], items: Sequence[Item]) -> Isolated[Item, Done]:
    """Do the work for all items at once; if that raises, for each half, and so on down to single items.

    One bad item among n costs 2 log2(n) further calls, the last of which are small. After a timeout, each item is tried
    on its own immediately: bisecting would wait for an endless item once more for each half.

    Raises:
        OperationalError, InterfaceError: the database is unavailable, which is no item's fault.
    """
    try:
        return Isolated((work(items),))
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - any fault of ours: this finds the submission that triggers it
        if len(items) == 1:
            return Isolated(failed=((items[0], error),))
        size = 1 if isinstance(error, TooSlowError) else (len(items) + 1) // 2
    parts = (isolate_failures(work, items[start : start + size]) for start in range(0, len(items), size))
    nothing: Isolated[Item, Done] = Isolated()
    return sum(parts, nothing)


log = structlog.get_logger(__name__)

Pair = tuple[Claim, Report]


@dataclass(frozen=True, slots=True)
class Batch:
    """The submissions that were claimed together: how many, and what came of them."""

    size: int
    stats: GradingStats

    @property
    def is_last(self) -> bool:
        """Whether it pays to ask what waits before anything else is claimed: one came alone, and is settled."""
        return self.size <= 1 and self.stats.graded + self.stats.unusable == self.size


def grade_batch(context: GradingContext) -> Batch:
    """Judge submissions that have not been tried yet.

    The claim commits before judging begins. Submissions that cannot be judged are separated from their neighbours,
    which are graded nevertheless, and released immediately to be judged alone.
    """
    with autocommit(context.sessions) as session:
        batch = grading_queue.claim_fresh(session, context.hold(context.limits.batch_size))
    if 1 < len(batch) < context.limits.batch_size:
        context.expect()
    return Batch(len(batch), sum((_grade_group(context, group) for group in by_exercise(batch)), GradingStats()))


def by_exercise(batch: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Group submissions that are judged by the same revision and overrides."""
    return grouped(batch, lambda claim: (claim.revision, claim.overrides_key))


@dataclass(frozen=True, slots=True)
class JudgedGroup:
    """The outcome of judging some submissions: reports, and those without one, each with its exception."""

    reports: list[Pair]
    failed: list[tuple[Claim, Exception]]


def judge_group(context: GradingContext, group: list[Claim]) -> JudgedGroup:
    """Judge submissions with the same revision and overrides.

    Raises:
        GraderError: the exercise cannot be rebuilt.
    """
    published = context.revisions.find(group[0].slug, group[0].revision).exercise
    exercise = apply(published, Overrides.from_json(group[0].overrides or {}))
    patience = _Patience(context, context.clock() + timedelta(seconds=context.limits.batch_seconds))
    sifted: Isolated[Claim, list[Pair]] = Isolated()
    for alike in _by_values(group):
        sifted += isolate_failures(lambda some: patience.judged(exercise, some), alike)
    return JudgedGroup([pair for pairs in sifted.done for pair in pairs], list(sifted.failed))


def _by_values(group: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Group submissions by given values; a single group if none are drawn."""
    return grouped(group, lambda claim: frozenset((claim.givens or {}).items()))


@dataclass(slots=True)
class _Patience:
    """The time limit of a batch: long for all submissions together, short for each one after that has timed out."""

    context: GradingContext
    until: datetime
    is_short: bool = False

    def judged(self, exercise: Exercise, alike: Sequence[Claim]) -> list[Pair]:
        """Judge submissions with the same given values.

        Raises:
            TooSlowError: it takes too long, or the time of the whole batch is up before it begins.
        """
        limits = self.context.limits
        if self.context.clock() >= self.until:
            raise TooSlowError("no time was left to judge it among others")
        try:
            with time_limit(limits.single_seconds if self.is_short else limits.alone_seconds):
                return _judged(self.context, exercise, alike)
        except TooSlowError:
            self.is_short = True
            raise


def _judged(context: GradingContext, exercise: Exercise, alike: Sequence[Claim]) -> list[Pair]:
    own = variant(exercise, alike[0].givens)
    reports = context.judge(own, [read_answers(own, entries_from_json(claim.answers)) for claim in alike])
    return list(zip(alike, reports, strict=True))


def _grade_group(context: GradingContext, group: list[Claim]) -> GradingStats:
    try:
        judged = judge_group(context, group)
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - any fault of ours: each is then tried, and reported, on its own
        judged = JudgedGroup([], [(claim, error) for claim in group])
    stored: Isolated[Pair, GradingStats] = (
        isolate_failures(context.store, judged.reports) if judged.reports else Isolated()
    )
    _give_back(context, judged.failed + [(claim, error) for (claim, _), error in stored.failed])
    return sum(stored.done, GradingStats())


def _give_back(context: GradingContext, failed: Sequence[tuple[Claim, Exception]]) -> None:
    """Release submissions to be judged alone immediately; this counts as a try."""
    if not failed:
        return
    some, error = [claim for claim, _ in failed], failed[0][1]
    log.error("submissions could not be judged", revision=some[0].revision, submissions=len(some), exc_info=error)
    with context.sessions.begin() as session:
        grading_queue.release_claims(session, some)


TURN = timedelta(seconds=1)
"""However many batches come, every second it is the turn of one submission that is judged alone."""

DEFAULT_LIMITS = GradeLimits()


def drain(
    sessions: Sessions,
    catalog: Catalog,
    clock: Callable[[], datetime],
    limits: GradeLimits = DEFAULT_LIMITS,
    holder: str | None = None,
) -> GradingStats:
    """Judge waiting submissions until none is left or the time is up; any number of drains may run at once.

    `holder` names this drain in its claims (`grader.services.maintenance`). Nothing is lost or stored twice: a claim
    that was not completed ends with its lease, and the sweep finds the submission again.
    """
    return drain_context(GradingContext(sessions, Revisions(catalog, sessions), clock, limits, judge, holder))


def drain_context(context: GradingContext) -> GradingStats:
    """Do the same with an existing context."""
    began = context.clock()
    stop, turn = began + timedelta(seconds=context.limits.run_seconds), began + TURN
    done, came_late = GradingStats(), False
    with closing(IsolatedJudge(context)) as isolated, context.resting():
        while context.clock() < stop:
            batch = grade_batch(context)
            done += batch.stats
            if not batch.is_last and batch.size < context.limits.batch_size:
                context.gather()
            if not batch.is_last and context.clock() < turn:
                continue
            waits = _what_waits(context)
            step, turn = grade_isolated(context, isolated, waits), context.clock() + TURN
            if step is None and batch.is_last and (came_late or not waits.fresh):
                return done
            came_late = step is None and batch.size == 0  # or another drain is claiming it just now
            done += step or GradingStats()
    return done + GradingStats(is_finished=False)


def _what_waits(context: GradingContext) -> WhatWaits:
    """Ask once for all kinds: the database is waited for after each submission that came alone."""
    with autocommit(context.sessions) as session:
        return grading_queue.what_waits(session, context.limits.tries)
