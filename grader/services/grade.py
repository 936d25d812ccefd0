from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from grader.catalog.load import Catalog
from grader.checking.judge import judge
from grader.services.desk import Desk, Drained, GradeLimits
from grader.services.exercises import Revisions
from grader.services.grade_alone import Ward
from grader.services.grade_batch import grade_batch
from grader.store import claims, failures
from grader.store.engine import Sessions
from grader.store.failures import Fault

NO_WORD = "The grader stopped each time it tried to judge this submission."

DEFAULT_LIMITS = GradeLimits()


def drain(
    sessions: Sessions,
    catalog: Catalog,
    clock: Callable[[], datetime],
    limits: GradeLimits = DEFAULT_LIMITS,
    holder: str | None = None,
) -> Drained:
    """Judge what waits, until nothing does or the time is up; any number of drains may run at once.

    `holder` names this drain in its claims (`grader.services.abandoned`). Whatever happens, nothing is lost and nothing is stored twice: a claim that comes to nothing ends with its lease,
    and the sweep finds the submission again.
    """
    return drain_desk(Desk(sessions, Revisions(catalog, sessions), clock, limits, judge, holder))


def drain_desk(desk: Desk) -> Drained:
    """Do the same at a desk that is set up already."""
    stop = desk.clock() + timedelta(seconds=desk.limits.run_seconds)
    done = _give_up_exhausted(desk)
    with closing(Ward(desk)) as ward:
        while desk.clock() < stop:
            step = grade_batch(desk) or ward.grade_next()
            if step is None:
                return done
            done += step
    return done + Drained(is_finished=False)


def _give_up_exhausted(desk: Desk) -> Drained:
    """Set aside what used up its last try without a word, as where the machine went down with it."""
    now = desk.clock()
    with desk.sessions.begin() as session:
        exhausted = claims.give_up_exhausted(session, now, desk.limits.max_tries)
        for submission_id, tries in exhausted:
            failures.add(session, submission_id, Fault(tries, NO_WORD, now))
    return Drained(failed=len(exhausted))
