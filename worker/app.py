"""The Celery application of worker and scheduler: `celery --app worker.app worker` and `... beat`."""

import gc
from functools import cache
from typing import Any

import structlog
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery.beat import PersistentScheduler, ScheduleEntry, Scheduler
from celery.signals import beat_init, setup_logging, task_failure, worker_init, worker_process_init, worker_ready

from grader import logs
from grader.adapters.queue import (
    BULK,
    MAILING,
    QUEUE,
    REGRADING,
    SWEEPING,
    Notification,
    Notifier,
    Tasks,
    make_celery,
    make_notifier,
)
from grader.judging.errors import GraderError
from grader.settings import Settings, unknown_settings
from worker import metrics
from worker.tasks import holder, register
from worker.wiring import catalog, limits, sandbox_places, services, settings

TIDY_SECONDS = 3600
MAIL_SECONDS = 30

REGRADE_SECONDS = 5.0

START_SECONDS = 600.0
"""A pool process loads the exercises before it reports; Celery's default of 4 s would kill it on a busy machine."""


@setup_logging.connect
def _log(**_: object) -> None:
    logs.configure(settings().log_level)
    for sentence in unknown_settings():
        structlog.get_logger(__name__).warning(sentence)


@worker_init.connect
def _prepare_the_pool(sender: Any, **_: object) -> None:
    """Load what never changes before the pool forks, and keep the collector from touching, and so copying, it."""
    catalog()
    sandbox_places().keep_one_free(sender.concurrency)
    _observe(settings())
    gc.collect()
    gc.freeze()


def _observe(known: Settings) -> None:
    """Begin to count and to trace, as far as the settings ask for it."""
    if known.worker_metrics_port is not None and known.metrics_token is not None:
        metrics.begin(known.worker_metrics_port, known.metrics_token.get_secret_value())


@worker_process_init.connect
def _warm_up(**_: object) -> None:
    ours, url = services(), settings().traces_url
    if url is not None:
        from worker import tracing  # noqa: PLC0415 - an extra, and not wanted by default

        tracing.begin(url, ours.sessions.kw["bind"])


@worker_ready.connect
def _free_what_the_last_one_held(**_: object) -> None:
    """Sweep at once: a worker that was killed as a whole cannot report its claims, and may have held a sweep."""
    sweep = _notifier(SWEEPING)
    sweep.heard()
    sweep()


@worker_ready.connect
@beat_init.connect
def _say_ready(**_: object) -> None:
    logs.say_ready()


def _settings() -> Settings:
    """Return the settings; an invalid one ends the process with a message."""
    try:
        return settings()
    except GraderError as error:
        raise SystemExit(f"nn-grader cannot start: {error.detail}") from None


@task_failure.connect
def _recover(task_id: str, exception: BaseException, **_: Any) -> None:
    """Release the claims of a task whose process died; called in the main process, which outlives the pool."""
    if isinstance(exception, WorkerLostError | TimeLimitExceeded):
        app.send_task(Tasks.RECOVER.value, args=[holder(task_id)], queue=QUEUE, ignore_result=True)


def _notifier(errand: Notification) -> Notifier:
    return make_notifier(settings().redis_url, errand)


class OneAtATime:
    """Sends what is scheduled unless the same already waits, so that nothing piles up without a worker.

    Messages that expire would not do: a worker compares the time in them with its own clock, which may be wrong. This
    is the part that the two schedulers below have in common.
    """

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> object:
        """Send a task that is due."""
        notifier = _notifier_of(entry.task)
        return super().apply_async(entry, *args, **kwargs) if notifier is None else notifier()  # type: ignore[misc]  # of the other base


class Clock(OneAtATime, Scheduler):
    """Keeps no file."""


class TickingClock(OneAtATime, PersistentScheduler):
    """Writes a file now and then, from which health checks of containers see that it lives."""


@cache
def _notifier_of(task: str) -> Notifier | None:
    return next((_notifier(errand) for errand in (SWEEPING, REGRADING, MAILING) if errand.task == task), None)


app = make_celery(_settings().redis_url)
app.conf.worker_proc_alive_timeout = START_SECONDS
app.conf.beat_scheduler = f"{__name__}:{Clock.__name__}"
app.conf.beat_schedule = {
    Tasks.SWEEP.value: {
        "task": Tasks.SWEEP.value,
        "schedule": settings().sweep_seconds,
        "options": {"queue": QUEUE},
    },
    Tasks.REGRADE.value: {
        "task": Tasks.REGRADE.value,
        "schedule": max(settings().sweep_seconds, REGRADE_SECONDS),
        "options": {"queue": BULK},
    },
    Tasks.MAIL.value: {"task": Tasks.MAIL.value, "schedule": MAIL_SECONDS, "options": {"queue": QUEUE}},
    Tasks.TIDY.value: {"task": Tasks.TIDY.value, "schedule": TIDY_SECONDS, "options": {"queue": QUEUE}},
}
register(app, limits(settings()))
