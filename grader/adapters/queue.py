"""Names of tasks, and how a worker is woken. What is to be done stands in the database; a message carries an id at most."""

from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any, Final

import structlog
from celery import Celery
from kombu import Queue
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

QUEUE: Final = "interactive"
"""What a person waits for; other kinds of work get queues of their own."""

BULK: Final = "bulk"
"""What takes long and may wait: taken only where nothing interactive is there, a few seconds at a time."""

PENDING_KEY: Final = "nn-grader:wake"
PENDING_SECONDS: Final = 5
"""A wake-up that nobody heard stands in the way of the next one no longer than this."""

REST_SECONDS: Final = 2.0
"""After the broker failed it is left alone for so long: submitting must not wait for it each time."""


class Tasks(StrEnum):
    """The tasks that a worker knows."""

    GRADE = "grade"
    SWEEP = "sweep"
    RECOVER = "recover"
    TIDY = "tidy"
    REGRADE = "regrade"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Notification:
    """What a wake-up asks for, in which queue, and the key that tells that it was asked already."""

    task: Tasks
    queue: str
    pending_key: str


GRADING: Final = Notification(Tasks.GRADE, QUEUE, PENDING_KEY)
REGRADING: Final = Notification(Tasks.REGRADE, BULK, f"{PENDING_KEY}:{BULK}")
MAILING: Final = Notification(Tasks.MAIL, QUEUE, f"{PENDING_KEY}:mail")


CONFIGURATION: Final[dict[str, Any]] = {
    "task_default_queue": QUEUE,
    "task_queues": (Queue(QUEUE), Queue(BULK)),  # in this order
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_publish_retry": False,  # the sweep repairs what was not sent
    "worker_prefetch_multiplier": 1,
    "worker_concurrency": 2,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,  # they finish; doing a thing twice is harmless
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # a worker waits for its broker as long as it takes
    "broker_transport_options": {
        "queue_order_strategy": "priority",  # a worker looks into a queue only when those before it are empty
        "visibility_timeout": 300,  # longer than the longest task
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    },
    "beat_scheduler": "celery.beat:Scheduler",  # keeps no file
}


def make_celery(redis_url: str) -> Celery:
    """Return the Celery application, the same for those who send and those who work.

    Messages go to queues by name, through no exchange: the broker keeps no bindings that it could forget.
    """
    celery = Celery("nn-grader", broker=redis_url, set_as_current=False)
    celery.conf.update(CONFIGURATION)
    return celery


def make_redis(redis_url: str) -> Redis:
    """Return a client that gives up soon; a connection that went stale is tried once more."""
    return Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 1))


def make_notifier(redis_url: str, errand: Notification = GRADING) -> "Notifier":
    """Return what wakes a worker, for one process; its threads share it."""
    return Notifier(make_celery(redis_url), make_redis(redis_url), errand)


@dataclass(slots=True)
class Notifier:
    """Tells the workers that something waits, unless that was just said and not yet heard."""

    celery: Celery
    redis: Redis
    errand: Notification = GRADING
    _resting_until: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        """Send a wake-up if none is pending. Never raises: without it the sweep finds what waits, a little later."""
        if monotonic() < self._resting_until:
            return
        try:
            if self.redis.set(self.errand.pending_key, 1, nx=True, ex=PENDING_SECONDS):
                self._send()
        except (RedisError, OperationalError, OSError) as error:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("the broker can't be reached; the sweep will find what waits", error=str(error))

    def heard(self) -> None:
        """Let the next wake-up through. A worker says this before it reads what waits, so that nothing is missed."""
        try:
            self.redis.delete(self.errand.pending_key)
        except RedisError as error:
            log.warning("the broker can't be reached", error=str(error))

    def _send(self) -> None:
        try:
            self.celery.send_task(self.errand.task, queue=self.errand.queue, ignore_result=True)
        except Exception:
            self.redis.delete(self.errand.pending_key)  # nobody will hear this one
            raise
