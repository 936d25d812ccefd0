"""Signs of life: what a process has claimed stays its own while it judges, and is free within seconds of its death."""

from dataclasses import dataclass, field
from threading import Thread
from time import monotonic, sleep
from typing import Final

import structlog

from grader.store import grading_queue
from grader.store.database import DATABASE_AWAY, Sessions, autocommit

HOLD_SECONDS: Final = 2.5
"""After this time without a sign of life, a worker is presumed dead."""

BEAT_SECONDS: Final = 0.5

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Heartbeat:
    """Renews the claims of the task that this process runs, in a thread of its own.

    Most tasks end before the first beat, which then costs nothing. One that hangs is given up: nothing is renewed once
    `patience` seconds have passed without progress.
    """

    sessions: Sessions
    patience: float
    _holder: str | None = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)
    _thread: Thread | None = field(default=None, init=False)

    def progress(self, holder: str) -> None:
        """Note that a task claims something, or has judged some of it; the first call starts the thread."""
        self._since, self._holder = monotonic(), holder
        if self._thread is None or not self._thread.is_alive():  # a fault of ours may have ended it
            self._thread = Thread(target=self._run, name="heartbeat", daemon=True)
            self._thread.start()

    def rest(self) -> None:
        """Note that a task has ended."""
        self._holder = None

    def beat(self) -> None:
        """Renew what is claimed, if judging it takes long; without the database, leases end as if we had died."""
        holder, age = self._holder, monotonic() - self._since
        if holder is None or not BEAT_SECONDS <= age <= self.patience:
            return
        try:
            with autocommit(self.sessions) as session:
                grading_queue.renew_leases(session, holder, HOLD_SECONDS)
        except DATABASE_AWAY as error:
            log.warning("claims could not be renewed", error=str(error))

    def _run(self) -> None:
        while True:
            sleep(BEAT_SECONDS)
            self.beat()
