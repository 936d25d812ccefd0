from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import ceil

import structlog
from celery import Celery, current_task

from grader.adapters.queue import Tasks
from grader.judging.judge import judge
from grader.services.accounts.password_reset import send_resets
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions
from grader.services.grading.drain import drain
from grader.services.maintenance import Freed, free_abandoned, free_claims, freed_when_database_returns
from grader.services.maintenance import tidy as tidy_up
from grader.services.regrading.worker import regrade_some
from worker.identity import holder, is_gone
from worker.wiring import WorkerServices, clock, services

log = structlog.get_logger(__name__)

NOTHING = GradingStats()


def grade() -> None:
    """Hear a wake-up, and judge what waits."""
    ours = services()
    ours.wake.heard()
    _judge_what_waits(ours)


def sweep() -> None:
    """Judge what waits; on a clock, for wake-ups that were lost, for leases that have ended, and for workers that died."""
    ours = services()
    _free_at_once(ours, free_abandoned(ours.sessions, is_gone))
    _judge_what_waits(ours)


def _judge_what_waits(ours: WorkerServices) -> None:
    name = _holder()
    with freed_when_database_returns(ours.sessions, name, ours.limits.lease_seconds):
        drained = drain(ours.sessions, ours.catalog, clock, ours.limits, name)
    if drained != NOTHING:
        log.info("drained", **asdict(drained))
    if not drained.is_finished:
        ours.wake()


def _holder() -> str | None:
    """Return the name under which the current task claims; None outside of tasks."""
    task_id = current_task.request.id if current_task else None  # type: ignore[truthy-bool]  # a proxy, of None outside of tasks
    return None if task_id is None else holder(task_id)


def _free_at_once(ours: WorkerServices, freed: Freed) -> None:
    """Tell what was freed, and let a worker go on with it."""
    if freed == Freed():
        return
    log.warning("claims of a task that died are free again", **asdict(freed))
    if freed.regrades:
        ours.wake_bulk()


def recover(dead: str) -> None:
    """Judge at once, each alone, what a task had claimed whose process died or was replaced; go on with its regrade."""
    ours = services()
    _free_at_once(ours, free_claims(ours.sessions, [dead]))
    _judge_what_waits(ours)


def tidy() -> None:
    """Delete what has ended."""
    tidy_up(services().sessions, clock())


def regrade() -> None:
    """Work a while on what is to be judged anew, and come back for the rest after whatever else waits."""
    ours = services()
    ours.wake_bulk.heard()
    desk = GradingContext(ours.sessions, Revisions(ours.catalog, ours.sessions), clock, ours.limits, judge, _holder())
    with freed_when_database_returns(ours.sessions, desk.holder, ours.limits.lease_seconds):
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
    posted = send_resets(ours.sessions, ours.post, clock)
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

    A drain ends by itself, or a lease after the database went away; one that is still at it later hangs, and its process
    is replaced.
    """
    seconds = ceil(limits.run_seconds + 3 * limits.lease_seconds)
    for name, task in TASKS.items():
        app.task(name=name.value, time_limit=seconds)(task)
