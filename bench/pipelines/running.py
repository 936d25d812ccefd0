"""Starts everything that is compared: one PostgreSQL and one broker, and web server and worker of each pipeline.

All web servers are granian with one process, and all workers Celery with two, started with the same options.
"""

import http.client
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.pipelines import load
from bench.pipelines.cpu import cpu_seconds
from grader.addresses import sqlalchemy_url
from grader.devserver.binaries import find_binaries
from grader.devserver.ports import free_port
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes, ServerProcess, Service
from grader.devserver.state import server_account, temporary_state
from grader.devserver.up import beat_service, web_service, worker_service
from grader.devserver.valkey import start_valkey
from grader.judging.verdict import LETTERS, Verdict
from grader.logs import READY
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.settings import environment_with
from grader.store.database import connect
from grader.store.migrate import upgrade

CHECKOUT = Path(__file__).resolve().parents[2]
EXERCISES = CHECKOUT / "exercises"
PLAIN = ("naive", "lean")
NAMES = ("grader", *PLAIN)
_THREADS = 32
_OTHERS = "".join(letter for verdict, letter in LETTERS.items() if verdict is not Verdict.CORRECT)
_GRADINGS = "SELECT submission_id::text, extract(epoch FROM pg_xact_commit_timestamp(xmin)), {} FROM {}"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline that runs.

    Attributes:
        door: where it takes submissions.
        graded: a query of how many submissions are graded.
        gradings: a query of all gradings: the submission's id, when it was committed, in Unix time, and how many fields
            are right.
        web: the process of its web server.
        workers: the processes that grade.
    """

    door: load.Door
    graded: str
    gradings: str
    web: int
    workers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all of them stand on: addresses, and the processes of servers and of the worker that does nothing.

    `create_database` takes a name and returns an address, for measurements with data of their own.
    """

    database_url: str
    redis_url: str
    create_database: Callable[[str], str]
    postgres: int
    broker: int
    noop: int
    pipelines: Mapping[str, Pipeline]

    def cpu(self, name: str) -> dict[str, float]:
        """Return the CPU seconds of a pipeline's processes and of what they share, so far."""
        pipeline = self.pipelines[name]
        return {
            "web": cpu_seconds(pipeline.web),
            "worker": sum(map(cpu_seconds, pipeline.workers)),
            "PostgreSQL": cpu_seconds(self.postgres),
            "broker": cpu_seconds(self.broker),
        }


@contextmanager
def running() -> Iterator[Ground]:
    """Start everything; everything is gone at the end."""
    state, processes = temporary_state(server_account()), Processes()
    try:
        binaries = find_binaries(state.account)
        postgres = Postgres.prepare(state, binaries)
        with (state.root / "postgres" / "postgresql.conf").open("a", encoding="ascii") as configuration:
            configuration.write("track_commit_timestamp = on\n")
        server = postgres.start(processes, state.root / "postgres.log")
        url = postgres.create_database("bench")
        valkey, broker = start_valkey(state, binaries, processes, state.root / "valkey.log")
        start = Start(processes, state.root, url, valkey.url())
        pipelines = {"grader": start.grader(), **{name: start.plain(name) for name in PLAIN}}
        noop = start.noop()
        yield Ground(
            url, valkey.url(), postgres.create_database, server.process.pid, broker.process.pid, noop, pipelines
        )
    finally:
        processes.stop_all()
        shutil.rmtree(state.root)


@dataclass(frozen=True, slots=True)
class Start:
    """Starts pipelines on one database and broker, with their logs in a directory."""

    processes: Processes
    directory: Path
    database_url: str
    redis_url: str

    def grader(self) -> Pipeline:
        """Start nn-grader as `make run` does."""
        url, port = sqlalchemy_url(self.database_url), free_port()
        upgrade(url)
        sessions = connect(url)
        request = TokenRequest("bench", "bench", (Scope.SUBMIT, Scope.READ), timedelta(days=1))
        token = create_token(sessions, request, datetime.now(UTC))
        sessions.kw["bind"].dispose()
        environment = environment_with(
            {
                "DATABASE_URL": url,
                "REDIS_URL": self.redis_url,
                "GRADER_SECRET_KEY": "a secret of the measurement alone",
                "GRADER_EXERCISES_DIR": str(EXERCISES),
            }
        )
        web = self.processes.start(web_service("127.0.0.1", port, environment, self.directory / "grader-web.log"))
        workers = (
            self.processes.start(worker_service(environment, self.directory / "grader-worker.log")),
            self.processes.start(beat_service(environment, self.directory / "grader-beat.log")),
        )
        for worker in workers:
            self._wait(worker, READY)
        self._listens(web, port)
        headers = {"Authorization": f"Bearer {token.plain}"}
        return Pipeline(
            door=load.Door(port, "/api/v1/submissions", headers, load.grader_body),
            graded="SELECT count(*) FROM gradings",
            gradings=_GRADINGS.format(f"length(translate(verdicts, '{_OTHERS}', ''))", "gradings"),
            web=web.process.pid,
            workers=tuple(worker.process.pid for worker in workers),
        )

    def plain(self, name: str) -> Pipeline:
        """Start the naive or the lean pipeline."""
        scheme = "postgresql+psycopg://" if name == "naive" else "postgresql://"
        url = self.database_url.replace("postgresql://", scheme)
        environment = {
            **os.environ,
            "BENCH_DATABASE": url,
            "BENCH_BROKER": self.redis_url,
            "PYTHONPATH": str(CHECKOUT),
        }
        module, port = f"bench.pipelines.{name}", free_port()
        create = Service(
            f"{name}'s tables", (sys.executable, "-c", _CREATE.format(module)), self._log(name, "tables"), environment
        )
        self.processes.start(create).process.wait()
        options = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws")
        threads = ("--backlog", "4096", "--backpressure", "4096", "--blocking-threads", str(_THREADS))
        command = (sys.executable, "-m", "granian", *options, *threads, f"{module}:app")
        web = self.processes.start(Service(f"{name}'s web", command, self._log(name, "web"), environment))
        worker = self._worker(name, environment)
        self._listens(web, port)
        return Pipeline(
            door=load.Door(port, "/submissions", {}, load.plain_body),
            graded=f"SELECT count(*) FROM {name}_gradings",  # noqa: S608 - our own name
            gradings=_GRADINGS.format('"right"', f"{name}_gradings"),
            web=web.process.pid,
            workers=(worker.process.pid,),
        )

    def noop(self) -> int:
        """Start the worker of the task that does nothing, and return its process."""
        environment = {**os.environ, "BENCH_BROKER": self.redis_url, "PYTHONPATH": str(CHECKOUT)}
        return self._worker("noop", environment).process.pid

    def _worker(self, name: str, environment: Mapping[str, str]) -> ServerProcess:
        options = ("--loglevel", "info", "--concurrency", "2", "--without-gossip", "--without-mingle")
        queue = ("--queues", name, "--hostname", f"{name}@%h")
        command = (sys.executable, "-m", "celery", "--app", f"bench.pipelines.{name}:tasks", "worker", *options, *queue)
        worker = self.processes.start(Service(f"{name}'s worker", command, self._log(name, "worker"), environment))
        self._wait(worker, " ready.")
        return worker

    def _log(self, name: str, part: str) -> Path:
        return self.directory / f"{name}-{part}.log"

    def _wait(self, child: ServerProcess, words: str) -> None:
        self.processes.wait_until(lambda: words in child.said(), child)

    def _listens(self, child: ServerProcess, port: int) -> None:
        def answers() -> bool:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("GET", "/healthz")
                connection.getresponse()
            except OSError:
                return False
            finally:
                connection.close()
            return True

        self.processes.wait_until(answers, child)


_CREATE = "import {0}; {0}.create_tables()"
