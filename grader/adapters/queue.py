"""Task names, and wake-ups for workers. The work itself is in the database; a message carries an id at most."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock, Thread
from time import monotonic, sleep
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
"""Work that a person waits for; other kinds of work have their own queues."""

BULK: Final = "bulk"
"""Long-running work: taken only while the interactive queue is empty, a few seconds at a time."""

PENDING_KEY: Final = "nn-grader:wake"
PENDING_SECONDS: Final = 5
"""A wake-up that no worker received blocks the next one no longer than this."""

EXPECTED_MILLISECONDS: Final = 500
"""A worker that is judging keeps others from being woken no longer than this."""

REST_SECONDS: Final = 2.0
"""After a failure, the broker is not contacted for this time: submitting must not wait for it each time."""


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
    """The task and queue of a wake-up, and the key that marks it as pending, for some seconds at most."""

    task: Tasks
    queue: str
    pending_key: str
    pending_seconds: int = PENDING_SECONDS


GRADING: Final = Notification(Tasks.GRADE, QUEUE, PENDING_KEY)
REGRADING: Final = Notification(Tasks.REGRADE, BULK, f"{PENDING_KEY}:{BULK}")
SWEEPING: Final = Notification(Tasks.SWEEP, QUEUE, f"{PENDING_KEY}:sweep", 2)
MAILING: Final = Notification(Tasks.MAIL, QUEUE, f"{PENDING_KEY}:mail")


CONFIGURATION: Final[dict[str, Any]] = {
    "task_default_queue": QUEUE,
    "task_queues": (Queue(QUEUE), Queue(BULK)),  # in this order
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_publish_retry": False,  # the sweep makes up for lost messages
    "worker_prefetch_multiplier": 1,
    "worker_concurrency": 2,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,  # they finish; repeating a task is harmless
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # a worker waits for its broker indefinitely
    "broker_transport_options": {
        "queue_order_strategy": "priority",  # a worker looks at a queue only when the earlier ones are empty
        "visibility_timeout": 300,  # longer than the longest task
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    },
}


def make_celery(redis_url: str) -> Celery:
    """Return the Celery application, the same for senders and workers.

    Messages go to queues by name, without an exchange: the broker keeps no bindings that it could lose.
    """
    celery = Celery("nn-grader", broker=redis_url, set_as_current=False)
    celery.conf.update(CONFIGURATION)
    return celery


def make_redis(redis_url: str) -> Redis:
    """Return a client with short timeouts, which retries a stale connection once."""
    return Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 1))


def make_notifier(redis_url: str, errand: Notification = GRADING) -> "Notifier":
    """Return the notifier of a process; its threads share it."""
    return Notifier(make_celery(redis_url), make_redis(redis_url), errand)


@dataclass(slots=True)
class Notifier:
    """Wakes the workers, unless a wake-up is already pending."""

    celery: Celery
    redis: Redis
    errand: Notification = GRADING
    _resting_until: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        """Send a wake-up if none is pending. Never raises: without it, the sweep finds the work a little later."""
        with self._patience() as is_away:
            if not is_away and self.redis.set(self.errand.pending_key, 1, nx=True, ex=self.errand.pending_seconds):
                self._send()

    def expect(self) -> None:
        """Stand for a wake-up: no other worker is woken until this one has looked again, or took too long for it."""
        with self._patience() as is_away:
            if not is_away:
                self.redis.set(self.errand.pending_key, 1, px=EXPECTED_MILLISECONDS)

    def gather(self, seconds: float) -> None:
        """Let work arrive for a while, and prepare to look again."""
        sleep(seconds)
        self.heard()

    def heard(self) -> None:
        """Allow the next wake-up. A worker calls this before it reads what is waiting, so that nothing is missed."""
        with self._patience() as is_away:
            if not is_away:
                self.redis.delete(self.errand.pending_key)

    @contextmanager
    def _patience(self) -> Iterator[bool]:
        """Tell whether the broker could not be reached a moment ago; it is then left alone for a while."""
        try:
            yield monotonic() < self._resting_until
        except (RedisError, OperationalError, OSError) as error:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("the broker can't be reached; the sweep will find what waits", error=str(error))

    def _send(self) -> None:
        try:
            self.celery.send_task(self.errand.task, queue=self.errand.queue, ignore_result=True)
        except Exception:
            self.redis.delete(self.errand.pending_key)  # no worker will receive this one
            raise


@dataclass(slots=True)
class Background:
    """Sends wake-ups from a thread, so that no request waits for the broker; simultaneous ones are sent once.

    Call it after the commit. The thread starts with the first call, in the process that handles requests.
    """

    notifier: Notifier
    _asked: Event = field(default_factory=Event, init=False)
    _starting: Lock = field(default_factory=Lock, init=False)
    _thread: Thread | None = field(default=None, init=False)

    def __call__(self) -> None:
        """Have a wake-up sent soon."""
        self._asked.set()
        if not _lives(self._thread):
            with self._starting:
                self._start()

    def _start(self) -> None:
        if self._thread is None:
            atexit.register(self._send)
        if not _lives(self._thread):  # a fault of ours may have ended it
            self._thread = Thread(target=self._run, name="wake-ups", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._asked.wait():
            self._send()

    def _send(self) -> None:
        if self._asked.is_set():
            self._asked.clear()  # before it is sent: who asks from now on wants another one
            self.notifier()


def _lives(thread: Thread | None) -> bool:
    return thread is not None and thread.is_alive()
