from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from grader.catalog.load import Catalog
from grader.judging.judge import judge
from grader.services.grading.batch import grade_batch
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions
from grader.services.grading.isolated import IsolatedJudge, grade_isolated
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import Fault

NO_WORD = "The grader stopped each time it tried to judge this submission."

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
    stop = context.clock() + timedelta(seconds=context.limits.run_seconds)
    done = _give_up_exhausted(context)
    with closing(IsolatedJudge(context)) as isolated:
        while context.clock() < stop:
            step = grade_batch(context) or grade_isolated(context, isolated)
            if step is None:
                return done
            done += step
    return done + GradingStats(is_finished=False)


def _give_up_exhausted(context: GradingContext) -> GradingStats:
    """Set aside submissions whose last try left no result, for example because the machine crashed."""
    now = context.clock()
    with context.sessions.begin() as session:
        exhausted = grading_queue.give_up_exhausted(session, now, context.limits.max_tries)
        for submission_id, tries in exhausted:
            grading_queue.add_failure(session, submission_id, Fault(tries, NO_WORD, now))
    return GradingStats(failed=len(exhausted))
