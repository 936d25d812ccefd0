import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from math import ceil
from pathlib import Path

import structlog
from celery import Celery, current_task

from grader.adapters.queue import Tasks
from grader.judging.judge import judge
from grader.services.accounts.password_reset import SentResets, send_resets
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions
from grader.services.grading.drain import drain_context
from grader.services.maintenance import Freed, free_abandoned, free_claims, freed_when_database_returns
from grader.services.maintenance import tidy as tidy_up
from grader.services.regrading.worker import RegradeStats, regrade_some
from worker.wiring import WorkerServices, clock, sandbox_places, services

_PID_NAMESPACE = Path("/proc/self/ns/pid")
_TOKEN = secrets.token_hex(4)
"""Distinguishes us from an earlier process with the same pid, which the first process of a container always has."""


def _machine() -> str:
    """Return this machine's name, and the container's if pids are separate there."""
    namespace = _PID_NAMESPACE.stat().st_ino if _PID_NAMESPACE.exists() else 0
    return f"{socket.gethostname()}-{namespace}"


_MACHINE, _PID = _machine(), os.getpid()
"""The pid of the worker's main process: its pool is forked after this was read."""


def holder(task_id: str) -> str:
    """Return the name under which a task of this worker claims."""
    return f"{_MACHINE}/{_PID}/{_TOKEN}/{task_id}"


def is_gone(name: str) -> bool:
    """Return whether a claim's worker is known to be dead; False for those of other machines."""
    match name.split("/"):
        case [machine, pid, token, _] if machine == _MACHINE and pid.isascii() and pid.isdigit():
            return token != _TOKEN if int(pid) == _PID else not _runs(int(pid))
        case _:
            return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    return True


log = structlog.get_logger(__name__)

NOTHING = GradingStats()

GATHER_SECONDS = 0.03
"""What comes in this time is judged together: judging one costs nearly as much as judging twenty."""


def grade() -> GradingStats:
    """Acknowledge a wake-up, and judge waiting submissions."""
    ours = services()
    ours.wake.heard()
    return _judge_what_waits(ours)


def sweep() -> GradingStats:
    """Judge waiting submissions; scheduled, for lost wake-ups, expired leases and dead workers."""
    ours = services()
    ours.wake_sweep.heard()
    _free_at_once(ours, free_abandoned(ours.sessions, is_gone))
    return _judge_what_waits(ours)


def _judge_what_waits(ours: WorkerServices) -> GradingStats:
    name = _holder()
    with freed_when_database_returns(ours.sessions, name, ours.limits.lease_seconds):
        drained = drain_context(
            replace(
                _context(ours),
                holder=name,
                place=sandbox_places().place,
                heartbeat=ours.heartbeat,
                expect=ours.wake.expect,
                gather=partial(ours.wake.gather, GATHER_SECONDS),
            )
        )
    if drained != NOTHING:
        log.info("drained", **asdict(drained))
    if not drained.is_finished:
        ours.wake()
    return drained


def _context(ours: WorkerServices) -> GradingContext:
    return GradingContext(ours.sessions, Revisions(ours.catalog, ours.sessions), clock, ours.limits, judge)


def _holder() -> str | None:
    """Return the name under which the current task claims; None outside tasks."""
    task_id = current_task.request.id if current_task else None  # type: ignore[truthy-bool]  # a proxy of None outside tasks
    return None if task_id is None else holder(task_id)


def _free_at_once(ours: WorkerServices, freed: Freed) -> None:
    """Log what was released, and wake a worker for it."""
    if freed == Freed():
        return
    log.warning("claims of a task that died are free again", **asdict(freed))
    if freed.regrades:
        ours.wake_bulk()


def recover(dead: str) -> GradingStats:
    """Judge the claims of a task whose process died or was replaced at once, in a sandbox; resume its regrade."""
    ours = services()
    _free_at_once(ours, free_claims(ours.sessions, [dead]))
    return _judge_what_waits(ours)


def tidy() -> None:
    """Delete expired rows."""
    tidy_up(services().sessions, clock())


def regrade() -> RegradeStats | None:
    """Work on a regrade for a while, with others if allowed, and queue the rest behind other waiting work."""
    ours = services()
    ours.wake_bulk.heard()
    context = replace(_context(ours), holder=_holder())
    with freed_when_database_returns(ours.sessions, context.holder, ours.limits.lease_seconds):
        done = regrade_some(context, share=ours.wake_bulk)
    if done is not None:
        log.info("regraded", **asdict(done))
        ours.wake_bulk()
    return done


def mail() -> SentResets:
    """Send waiting e-mail; woken, and scheduled for e-mail that could not be sent before."""
    ours = services()
    ours.wake_mail.heard()
    if ours.post is None:
        return SentResets()
    posted = send_resets(ours.sessions, ours.post, clock)
    if posted.problem is not None:
        log.warning("mails wait", problem=posted.problem)
    if posted.sent or posted.refused:
        log.info("mails sent", sent=posted.sent, refused=posted.refused)
    return posted


TASKS: Mapping[Tasks, Callable[..., object]] = {
    Tasks.GRADE: grade,
    Tasks.SWEEP: sweep,
    Tasks.RECOVER: recover,
    Tasks.TIDY: tidy,
    Tasks.REGRADE: regrade,
    Tasks.MAIL: mail,
}


def register(app: Celery, limits: GradeLimits) -> None:
    """Register the tasks with the application.

    A drain ends on its own, or one lease after the database became unavailable; one that runs longer hangs, and its
    process is replaced.
    """
    seconds = ceil(limits.run_seconds + 3 * limits.lease_seconds)
    for name, task in TASKS.items():
        app.task(name=name.value, time_limit=seconds)(task)
