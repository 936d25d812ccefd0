from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from grader.checking.answers import entries_from_json, read
from grader.checking.exercise import Exercise
from grader.checking.overrides import Overrides, apply
from grader.checking.report import Report
from grader.checking.variant import variant
from grader.services.apart import Sifted, work_apart
from grader.services.desk import Desk, Drained
from grader.services.time_limit import TooSlowError, time_limit
from grader.store import claims
from grader.store.claims import Claim
from grader.store.engine import DATABASE_AWAY

log = structlog.get_logger(__name__)

Pair = tuple[Claim, Report]


def grade_batch(desk: Desk) -> Drained | None:
    """Judge some submissions that nobody has tried; None where there are none.

    The claim commits before the judging begins. What can't be judged is found among its neighbours, which are graded all
    the same, and is given back at once, to be judged alone.
    """
    with desk.sessions.begin() as session:
        batch = claims.claim_fresh(session, desk.lease(), desk.limits.batch_size, desk.holder)
    if not batch:
        return None
    return sum((_grade_group(desk, group) for group in by_exercise(batch)), Drained())


def by_exercise(batch: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Those that are judged by the same revision and overrides."""
    return _grouped(batch, lambda claim: (claim.revision, claim.overrides_key))


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of judging some submissions: reports, and those of which none came, each with what it raised."""

    reports: list[Pair]
    failed: list[tuple[Claim, Exception]]


def judge_group(desk: Desk, group: list[Claim]) -> Judged:
    """Judge submissions that are judged by the same revision and overrides.

    Raises:
        GraderError: the exercise cannot be rebuilt.
    """
    published = desk.revisions.find(group[0].slug, group[0].revision).exercise
    exercise = apply(published, Overrides.from_json(group[0].overrides or {}))
    patience = _Patience(desk, desk.clock() + timedelta(seconds=desk.limits.batch_seconds))
    sifted: Sifted[Claim, list[Pair]] = Sifted()
    for alike in _by_values(group):
        sifted += work_apart(lambda some: patience.judged(exercise, some), alike)
    return Judged([pair for pairs in sifted.done for pair in pairs], list(sifted.failed))


def _grouped(batch: Iterable[Claim], key: Callable[[Claim], Hashable]) -> Iterable[list[Claim]]:
    groups: dict[Hashable, list[Claim]] = defaultdict(list)
    for claim in batch:
        groups[key(claim)].append(claim)
    return groups.values()


def _by_values(group: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Those with the same given values are judged together; where nothing is drawn that is all of them."""
    return _grouped(group, lambda claim: frozenset((claim.givens or {}).items()))


@dataclass(slots=True)
class _Patience:
    """How long the judging of a batch may take: long for all together, and short for each once that took too long."""

    desk: Desk
    until: datetime
    is_short: bool = False

    def judged(self, exercise: Exercise, alike: Sequence[Claim]) -> list[Pair]:
        """Judge submissions with the same given values.

        Raises:
            TooSlowError: it takes too long, or the time of the whole batch is up before it begins.
        """
        limits = self.desk.limits
        if self.desk.clock() >= self.until:
            raise TooSlowError("no time was left to judge it among others")
        try:
            with time_limit(limits.single_seconds if self.is_short else limits.alone_seconds):
                return _judged(self.desk, exercise, alike)
        except TooSlowError:
            self.is_short = True
            raise


def _judged(desk: Desk, exercise: Exercise, alike: Sequence[Claim]) -> list[Pair]:
    own = variant(exercise, alike[0].givens)
    reports = desk.judge(own, [read(own, entries_from_json(claim.answers)) for claim in alike])
    return list(zip(alike, reports, strict=True))


def _grade_group(desk: Desk, group: list[Claim]) -> Drained:
    try:
        judged = judge_group(desk, group)
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - our fault, whatever it is: each is tried by itself, and told by itself
        judged = Judged([], [(claim, error) for claim in group])
    stored: Sifted[Pair, Drained] = work_apart(desk.store, judged.reports) if judged.reports else Sifted()
    _give_back(desk, judged.failed + [(claim, error) for (claim, _), error in stored.failed])
    return sum(stored.done, Drained())


def _give_back(desk: Desk, failed: Sequence[tuple[Claim, Exception]]) -> None:
    """Let them be judged alone, now; this try has been one."""
    if not failed:
        return
    some, error = [claim for claim, _ in failed], failed[0][1]
    log.error("submissions could not be judged", revision=some[0].revision, submissions=len(some), exc_info=error)
    with desk.sessions.begin() as session:
        claims.release(session, some)
