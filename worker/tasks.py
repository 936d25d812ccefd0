from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import ceil

import structlog
from celery import Celery, current_task

from grader.checking.judge import judge
from grader.queue import Tasks
from grader.services.desk import Desk, Drained, GradeLimits
from grader.services.exercises import Revisions
from grader.services.grade import drain, free_claims
from grader.services.post_resets import post_resets
from grader.services.regrade.run import regrade_some
from grader.services.tidy import tidy as tidy_up
from worker.wiring import clock, services

log = structlog.get_logger(__name__)

NOTHING = Drained()


def grade() -> None:
    """Hear a wake-up, and judge what waits."""
    ours = services()
    ours.wake.heard()
    sweep()


def sweep() -> None:
    """Judge what waits; on a clock, for wake-ups that were lost and for leases that have ended."""
    ours = services()
    holder = current_task.request.id if current_task else None  # type: ignore[truthy-bool]  # a proxy, of None outside of tasks
    drained = drain(ours.sessions, ours.catalog, clock, ours.limits, holder)
    if drained != NOTHING:
        log.info("drained", **asdict(drained))
    if not drained.is_finished:
        ours.wake()


def recover(holder: str) -> None:
    """Judge at once, each alone, what a task had claimed whose process died or was replaced."""
    freed = free_claims(services().sessions, holder)
    log.warning("a task died", task=holder, submissions=freed)
    sweep()


def tidy() -> None:
    """Delete what has ended."""
    tidy_up(services().sessions, clock())


def regrade() -> None:
    """Work a while on what is to be judged anew, and come back for the rest after whatever else waits."""
    ours = services()
    ours.wake_bulk.heard()
    desk = Desk(ours.sessions, Revisions(ours.catalog, ours.sessions), clock, ours.limits, judge)
    done = regrade_some(desk)
    if done is not None:
        log.info("regraded", **asdict(done))
        ours.wake_bulk()


def mail() -> None:
    """Send the letters that wait; by a wake-up, and on a clock for those that could not be sent before."""
    ours = services()
    ours.wake_mail.heard()
    if ours.post is None:
        return
    posted = post_resets(ours.sessions, ours.post, clock)
    if posted.problem is not None:
        log.warning("mails wait", problem=posted.problem)
    if posted.sent or posted.refused:
        log.info("mails sent", sent=posted.sent, refused=posted.refused)


TASKS: Mapping[Tasks, Callable[..., None]] = {
    Tasks.GRADE: grade,
    Tasks.SWEEP: sweep,
    Tasks.RECOVER: recover,
    Tasks.TIDY: tidy,
    Tasks.REGRADE: regrade,
    Tasks.MAIL: mail,
}


def register(app: Celery, limits: GradeLimits) -> None:
    """Give the tasks to the application.

    A drain ends by itself; one that is still at it when a lease has gone by hangs, and its process is replaced.
    """
    seconds = ceil(limits.run_seconds + 2 * limits.lease_seconds)
    for name, task in TASKS.items():
        app.task(name=name.value, time_limit=seconds)(task)
