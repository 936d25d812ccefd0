from collections import defaultdict
from collections.abc import Iterable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from grader.checking.answers import entries_from_json, read
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
    return Drained(graded=sum(_grade_group(desk, group) for group in _by_revision(batch)))


def _by_revision(batch: Iterable[Claim]) -> Iterable[list[Claim]]:
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in batch:
        groups[claim.revision].append(claim)
    return groups.values()


def _grade_group(desk: Desk, group: list[Claim]) -> int:
    try:
        exercise = desk.revisions.find(group[0].slug, group[0].revision).exercise
        reports = desk.judge(exercise, [read(exercise, entries_from_json(claim.answers)) for claim in group])
        desk.store(list(zip(group, reports, strict=True)))
    except DATABASE_AWAY:
        raise
    except Exception:  # our fault, whatever it is: the neighbours of what caused it must not suffer
        log.exception("a batch could not be judged", revision=group[0].revision, submissions=len(group))
        with desk.sessions.begin() as session:
            claims.release(session, group)
        return 0
    return len(group)
