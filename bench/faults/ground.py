"""What is broken: `make run` with a PostgreSQL and a Valkey beside it, which are started again when they die."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import redis
from sqlalchemy import ColumnElement, func, select

from grader.addresses import sqlalchemy_url
from grader.devserver.binaries import find_binaries
from grader.devserver.ports import answers, free_port
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes, ServerProcess, Supervisor
from grader.devserver.state import server_account, temporary_state
from grader.devserver.up import worker_service
from grader.devserver.valkey import start_valkey
from grader.logs import READY
from grader.services.accounts.authentication import Scope
from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.settings import environment_with
from grader.store.database import DATABASE_AWAY, Sessions, connect
from grader.store.migrate import upgrade
from grader.store.submission_tables import Waiting
from grader.vocabulary import Role

CHECKOUT = Path(__file__).resolve().parents[2]
SHIM = Path(__file__).parent / "shim"
PATIENCE = 600.0
_PAUSE = 0.02
HURRY = 100.0
"""PostgreSQL and Valkey are started again so many times sooner than `make run` would after several deaths in a row."""


class NeverError(Exception):
    """Something that was waited for did not happen."""


def wait_until(condition: Callable[[], bool], what: str, pause: float = _PAUSE) -> None:
    """Wait for a condition.

    Raises:
        NeverError: it does not hold within ten minutes.
    """
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise NeverError(f"waited in vain for {PATIENCE:.0f} s: {what}")
        time.sleep(pause)


@dataclass(slots=True)
class Ground:
    """A machine to break.

    Attributes:
        token: of a client that submits.
        visitors: workers beside those of `make run`.
    """

    directory: Path
    sessions: Sessions
    database_url: str
    redis_url: str
    token: str
    processes: Processes
    port: int = field(default_factory=free_port)
    up: "subprocess.Popen[bytes] | None" = None
    visitors: list[ServerProcess] = field(default_factory=list)

    def start(self) -> None:
        """Start `make run`, and wait until it is ready."""
        command = (sys.executable, "-m", "grader.cli", "up", "--var", str(self.directory / "var"))
        told = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url, "PORT": str(self.port)}
        with self._output.open("ab") as output:
            offset = output.tell()
            self.up = subprocess.Popen(  # noqa: S603 - our own command
                command, cwd=CHECKOUT, env=environment_with(told), stdout=output, stderr=output, start_new_session=True
            )
        wait_until(lambda: "nn-grader is ready" in self.said()[offset:] or self._has_ended, "make run to be ready")
        if self._has_ended:
            raise NeverError(f"make run ended: {self.said()[offset:]}")

    @property
    def _output(self) -> Path:
        return self.directory / "up"

    @property
    def _has_ended(self) -> bool:
        return self.up is None or self.up.poll() is not None

    def said(self) -> str:
        """What `make run` has printed."""
        return self._output.read_bytes().decode("utf-8", errors="replace") if self._output.exists() else ""

    def end(self, number: signal.Signals) -> None:
        """Signal `make run`, and wait until it has ended."""
        if self.up is not None:
            self.up.send_signal(number)
            self.up.wait(PATIENCE)

    def restart(self) -> None:
        """Start everything of `make run` anew, so that an earlier fault does not delay what is started after a later one."""
        self.end(signal.SIGTERM)
        self.start()

    def parts(self, *words: str) -> list[int]:
        """Return the processes of `make run` whose command lines have all these words, oldest first."""
        if self.up is None:
            return []
        return [pid for pid, command in descendants(self.up.pid).items() if all(word in command for word in words)]

    def server(self, *words: str) -> int:
        """Return the process of a server that we started, by words of its command line, once it runs."""
        wait_until(lambda: bool(self.servers(*words)), f"{words[0]} to run")
        return self.servers(*words)[0]

    def servers(self, *words: str) -> list[int]:
        """Return what runs of such a server, oldest first."""
        return [pid for pid, command in descendants(os.getpid()).items() if all(word in command for word in words)]

    def visit(self, **pretending: str) -> ServerProcess:
        """Start another worker, as if on another machine or with another clock."""
        told = {"NN_GRADER_FAULTS_HOST": f"visitor-{len(self.visitors)}", "PYTHONPATH": str(SHIM), **pretending}
        told |= {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        told |= {
            "GRADER_SECRET_KEY": "a secret of the faults alone",
            "GRADER_EXERCISES_DIR": str(CHECKOUT / "exercises"),
        }
        log = self.directory / f"visitor-{len(self.visitors)}.log"
        visitor = self.processes.start(worker_service(environment_with(told), log))
        self.processes.wait_until(lambda: READY in visitor.said(), visitor)
        self.visitors.append(visitor)
        return visitor

    def send_visitors_away(self) -> None:
        """Stop all visiting workers."""
        for visitor in self.visitors:
            self.processes.stop(visitor)
        self.visitors.clear()

    def is_well(self) -> bool:
        """Whether the web server and what it needs answer."""
        return answers(f"http://127.0.0.1:{self.port}/readyz")

    def broker(self) -> "redis.Redis":
        """Return a client of the broker."""
        return redis.Redis.from_url(self.redis_url)

    def held(self) -> set[str]:
        """Return the submissions that workers have claimed."""
        return self._waiting(Waiting.lease_until.is_not(None))

    def waiting(self) -> set[str]:
        """Return all submissions without an outcome."""
        return self._waiting()

    def _waiting(self, *which: ColumnElement[bool]) -> set[str]:
        with self.sessions() as session:
            return {str(known) for known in session.scalars(select(Waiting.submission_id).where(*which))}

    def settles(self, submissions: set[str]) -> bool:
        """Whether none of these waits any more; False while the database is away."""
        try:
            return not submissions & self.waiting()
        except DATABASE_AWAY:
            return False

    def count_waiting(self) -> int:
        """Return how many have no outcome."""
        with self.sessions() as session:
            return session.scalars(select(func.count()).select_from(Waiting)).one()


def descendants(root: int) -> dict[int, str]:
    """Return all processes that came of one and still have parents, with their command lines."""
    parents, commands = dict[int, int](), dict[int, str]()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            told = (entry / "stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
            commands[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended just now
            continue
        parents[int(entry.name)] = int(told[1])
    found = {root}
    while new := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= new
    return {pid: commands[pid] for pid in sorted(found - {root}) if pid in commands}


def prepared(database_url: str) -> tuple[Sessions, str]:
    """Return sessions of a migrated database that is not a demonstration, and a token."""
    url = sqlalchemy_url(database_url)
    upgrade(url)
    sessions = connect(url)
    now = datetime.now(UTC)
    register(sessions, Person("faults@example.org", "Faults", Role.STUDENT), now)
    request = TokenRequest("faults", "faults", (Scope.SUBMIT, Scope.READ), timedelta(days=1))
    return sessions, create_token(sessions, request, now).plain


@contextmanager
def standing(database_url: str, redis_url: str, directory: Path) -> Iterator[Ground]:
    """Start `make run` with servers that are there; everything is gone at the end."""
    sessions, token = prepared(database_url)
    ground = Ground(directory, sessions, database_url, redis_url, token, Processes())
    try:
        with _running(ground):
            yield ground
    finally:
        ground.processes.stop_all()


@contextmanager
def with_servers() -> Iterator[Ground]:
    """Start everything, with a PostgreSQL and a Valkey to break."""
    state, processes = temporary_state(server_account()), Processes()
    stopped, threads = Event(), list[Thread]()
    try:
        binaries = find_binaries(state.account)
        database = Postgres.prepare(state, binaries)
        postgres = database.start(processes, state.root / "postgres.log")
        url = database.create_database("faults")
        valkey, broker = start_valkey(state, binaries, processes, state.root / "valkey.log")
        sessions, token = prepared(url)
        servers = Supervisor(processes, _say_nothing, lambda: HURRY * time.monotonic())
        ground = Ground(state.root / "ground", sessions, url, valkey.url(), token, processes)
        ground.directory.mkdir()
        for child in (postgres, broker):
            servers.watch(child)
        threads.append(Thread(target=_tend, args=(servers, stopped)))
        threads[0].start()
        with _running(ground):
            yield ground
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
        processes.stop_all()
        shutil.rmtree(state.root)


def _say_nothing(_: str) -> None:
    """What dies here was killed on purpose."""


def _tend(servers: Supervisor, stopped: Event) -> None:
    while not stopped.wait(0.1):
        servers.tend()


@contextmanager
def _running(ground: Ground) -> Iterator[None]:
    try:
        ground.start()
        yield
    finally:
        ground.send_visitors_away()
        ground.end(signal.SIGTERM)
        ground.sessions.kw["bind"].dispose()
