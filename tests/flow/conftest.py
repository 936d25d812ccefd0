import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from grader.adapters.queue import Notifier, make_notifier
from grader.catalog.load import LoadedExercise
from grader.devserver import up
from grader.devserver.binaries import Binaries
from grader.devserver.processes import Processes, ServerProcess
from grader.devserver.state import State
from grader.devserver.valkey import Valkey, start_valkey
from grader.judging.answers import Entry
from grader.services.submissions.learners import LearnerKey
from grader.store.database import Sessions
from grader.store.submission_tables import Failure, Grading, Waiting
from tests.fixtures.patience import wait_until
from tests.fixtures.submitting import submit_for
from tests.fixtures.worker import environment_for

QUICK = {"GRADER_LEASE_SECONDS": "3", "GRADER_SWEEP_SECONDS": "1", "GRADER_BATCH_SIZE": "40"}
"""Small batches, so that a kill finds some done and some not; short leases, so that no test waits long for them."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many submissions are where; graded twice counts as two gradings."""

    gradings: int
    graded: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class Course:
    """An exercise, the client that sends answers to it, and right ones."""

    published: LoadedExercise
    client: int
    right: dict[str, Entry]


@dataclass(frozen=True, slots=True)
class Grader:
    """All that grades: the database, a broker, workers and their clock, each a process of its own."""

    sessions: Sessions
    course: Course
    environment: dict[str, str]
    processes: Processes
    logs: Path
    wake: Notifier

    def start_worker(self, app: str = "worker.app") -> ServerProcess:
        service = up.worker_service(self.environment, self.logs / "worker")
        named = tuple(app if word == "worker.app" else word for word in service.command)
        return self.processes.start(replace(service, command=named))

    def start_clock(self) -> ServerProcess:
        return self.processes.start(up.beat_service(self.environment, self.logs / "beat"))

    def send(self, number: int, answers: dict[str, Entry] | None = None) -> None:
        """Submit as the web does: the row, then the wake-up."""
        learner = LearnerKey(self.course.client, f"s{number % 40}@example.org")
        sent = self.course.right if answers is None else answers
        submit_for(self.sessions, self.course.published, learner, sent, datetime.now(UTC))
        self.wake()

    def send_many(self, times: int) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.send, range(times)))

    def count(self) -> Count:
        """All counts as of one moment: between two statements a batch may be stored."""
        counts = select(
            select(func.count()).select_from(Grading).scalar_subquery(),
            select(func.count(Grading.submission_id.distinct())).scalar_subquery(),
            select(func.count()).select_from(Waiting).scalar_subquery(),
            select(func.count()).select_from(Failure).scalar_subquery(),
        )
        with self.sessions() as session:
            return Count(*session.execute(counts).one())

    def held(self) -> int:
        """How many submissions a worker has claimed and not yet judged."""
        with self.sessions() as session:
            return session.scalars(select(func.count()).where(Waiting.lease_until.is_not(None))).one()

    def until(self, is_so: Callable[[Count], bool]) -> Count:
        """Wait for these counts and return them; fail with the actual ones if they never come."""
        seen: list[Count] = []

        def is_reached() -> bool:
            seen[:] = [self.count()]
            return is_so(seen[0])

        wait_until(is_reached, lambda: f"{seen}\n{self._last_words()}", 0.02)
        return seen[0]

    def kill(self, child: ServerProcess) -> None:
        """kill -9, the pool's processes too."""
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def _last_words(self) -> str:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace")[-4000:] for log in self.logs.iterdir())


@dataclass(slots=True)
class Broker:
    """A Valkey that can be killed and started again."""

    valkey: Valkey
    child: ServerProcess
    processes: Processes
    log: Path

    def kill(self) -> None:
        self.child.process.kill()
        self.child.process.wait()

    def start_again(self) -> None:
        self.child = self.processes.start(self.valkey.service(self.log))
        self.processes.wait_until(self.valkey.is_ready, self.child)


@pytest.fixture
def broker(state: State, binaries: Binaries, processes: Processes, tmp_path: Path) -> Broker:
    """The broker of this test alone."""
    log = tmp_path / "valkey"
    return Broker(*start_valkey(state, binaries, processes, log), processes, log)


@pytest.fixture
def environment(database_url: str, broker: Broker) -> dict[str, str]:
    """Return the environment variables of the workers and their scheduler."""
    return {**environment_for(database_url, broker.valkey.url()), **QUICK}


@pytest.fixture
def course(published: LoadedExercise, web: int, right: dict[str, Entry]) -> Course:
    """What is answered."""
    return Course(published, web, right)


@pytest.fixture
def grader(
    sessions: Sessions, course: Course, environment: dict[str, str], processes: Processes, tmp_path: Path
) -> Iterator[Grader]:
    """Nothing of it runs yet."""
    wake = make_notifier(environment["REDIS_URL"])
    yield Grader(sessions, course, environment, processes, tmp_path, wake)
    wake.redis.close()
    wake.celery.close()
