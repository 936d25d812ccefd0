from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from grader.catalog.load import Catalog
from grader.judging.judge import judge
from grader.services.grading.batch import grade_batch
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions
from grader.services.grading.isolated import IsolatedJudge, grade_isolated
from grader.store.database import Sessions

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
    done = GradingStats()
    with closing(IsolatedJudge(context)) as isolated:
        while context.clock() < stop:
            batch = grade_batch(context)
            done += batch.stats
            if not batch.is_last:
                continue
            step = grade_isolated(context, isolated)
            if step is None:
                return done
            done += step
    return done + GradingStats(is_finished=False)
