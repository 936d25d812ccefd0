from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from grader.checking.answers import entries_from_json, read
from grader.checking.exercise import Exercise
from grader.checking.overrides import Overrides, apply
from grader.checking.report import Report
from grader.checking.variant import variant
from grader.services.desk import Desk, Drained
from grader.store import claims
from grader.store.claims import Claim

log = structlog.get_logger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
"""Nobody's fault: the drain ends, and what was claimed comes back when its lease ends."""


def grade_batch(desk: Desk) -> Drained | None:
    """Judge some submissions that nobody has tried; None where there are none.

    The claim commits before the judging begins. What can't be judged in company is given back, to be judged alone.
    """
    with desk.sessions.begin() as session:
        batch = claims.claim_fresh(session, desk.lease(), desk.limits.batch_size)
    if not batch:
        return None
    return sum((_grade_group(desk, group) for group in by_exercise(batch)), Drained())


def by_exercise(batch: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Those that are judged by the same revision and overrides."""
    return _grouped(batch, lambda claim: (claim.revision, claim.overrides_key))


def judge_group(desk: Desk, group: list[Claim]) -> list[tuple[Claim, Report]]:
    """Judge submissions that are judged by the same revision and overrides."""
    published = desk.revisions.find(group[0].slug, group[0].revision).exercise
    exercise = apply(published, Overrides.from_json(group[0].overrides or {}))
    return [pair for alike in _by_values(group) for pair in _judged(desk, exercise, alike)]


def _grouped(batch: Iterable[Claim], key: Callable[[Claim], Hashable]) -> Iterable[list[Claim]]:
    groups: dict[Hashable, list[Claim]] = defaultdict(list)
    for claim in batch:
        groups[key(claim)].append(claim)
    return groups.values()


def _by_values(group: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Those with the same given values are judged together; where nothing is drawn that is all of them."""
    return _grouped(group, lambda claim: frozenset((claim.givens or {}).items()))


def _judged(desk: Desk, exercise: Exercise, alike: list[Claim]) -> Iterable[tuple[Claim, Report]]:
    own = variant(exercise, alike[0].givens)
    reports = desk.judge(own, [read(own, entries_from_json(claim.answers)) for claim in alike])
    return zip(alike, reports, strict=True)


def _grade_group(desk: Desk, group: list[Claim]) -> Drained:
    try:
        return desk.store(judge_group(desk, group))
    except DATABASE_AWAY:
        raise
    except Exception:  # our fault, whatever it is: the neighbours of what caused it must not suffer
        log.exception("a batch could not be judged", revision=group[0].revision, submissions=len(group))
        with desk.sessions.begin() as session:
            claims.release(session, group)
        return Drained()
