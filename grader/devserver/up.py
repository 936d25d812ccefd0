"""`grader up`: everything on one machine, from an empty directory to a page that answers, until it is stopped."""

import json
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.catalog.load import Catalog, load_catalog
from grader.demo import course
from grader.demo.course import Demo
from grader.devserver.backends import Backends, start_backends, telling
from grader.devserver.errors import NAMED, STARTED_HERE, LocalError, readable_faults
from grader.devserver.ports import answers, check_port, free_port
from grader.devserver.processes import Interrupt, Interrupted, Processes, ServerProcess, Service, Supervisor
from grader.devserver.state import Var
from grader.logs import READY
from grader.settings import LocalSettings, environment_with, forget_others
from grader.store.database import connect
from grader.store.migrate import upgrade

CONNECTIONS = 4096
"""Many: slow clients hold a connection and nothing else (grader.web.server has the threads)."""

_PYTHON = (sys.executable, "-m")
_CELERY = (*_PYTHON, "celery", "--quiet", "--app", "worker.app")


def web_service(host: str, port: int, environment: Mapping[str, str], log: Path) -> Service:
    """Return the web server: granian, in one process with threads."""
    options = ("--interface", "rsgi", "--host", host, "--port", str(port))
    many = ("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS))
    command = (*_PYTHON, "granian", *options, *many, "--no-ws", "grader.web.rsgi:app")
    return Service("The web server", command, log, environment)


def worker_service(environment: Mapping[str, str], log: Path, *, concurrency: int = 2) -> Service:
    """Return a worker for all queues."""
    options = ("--loglevel", "info", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle")
    return Service("The worker", (*_CELERY, "worker", *options), log, environment)


def beat_service(environment: Mapping[str, str], log: Path) -> Service:
    """Return the scheduler; its schedule is in the code, so it keeps no file."""
    options = ("--loglevel", "info")
    return Service("The clock", (*_CELERY, "beat", *options), log, environment)


DEMO = "demo.json"
ENVIRONMENT = "local.env"
_PAUSE = 0.2


def up(settings: LocalSettings, directory: Path, interrupt: Interrupt, say: Callable[[str], None]) -> None:
    """Run everything below one directory until interrupted; no process is left behind.

    Raises:
        GraderError: a problem that a person can fix.
    """
    var = Var(directory)
    try:
        _run(settings, var, interrupt, say)
    except OSError as error:
        raise LocalError(f"{error.filename or var.path}: {error.strerror or error}.") from error
    finally:
        var.release()


def _run(settings: LocalSettings, var: Var, interrupt: Interrupt, say: Callable[[str], None]) -> None:
    forget_others(own_database=settings.database_url is None)
    var.forget(DEMO)  # from a run that was killed together with its reaper
    if settings.port == 0:
        settings = settings.model_copy(update={"port": free_port()})
    check_port(settings.host, settings.port)
    catalog = load_catalog(settings.exercises_dir)
    processes = Processes(interrupt, var.lock, [var.path / DEMO, var.path / ENVIRONMENT])
    try:
        _Run(settings, var, catalog, processes, say).until(interrupt)
    finally:
        if processes.has_children:
            say("Stopping ...")
        processes.stop_all()


@dataclass(frozen=True, slots=True)
class _Run:
    settings: LocalSettings
    var: Var
    catalog: Catalog
    processes: Processes
    say: Callable[[str], None]

    def until(self, interrupt: Interrupt) -> None:
        """Start everything and supervise it until a stop is requested."""
        supervisor = Supervisor(self.processes, self.say)
        try:
            self._start(supervisor)
        except Interrupted:
            return
        while not interrupt.is_requested:
            supervisor.tend()
            time.sleep(_PAUSE)

    def _start(self, supervisor: Supervisor) -> None:
        backends = start_backends(self.settings, self.var, self.processes, self.say)
        for child in backends.children:
            supervisor.watch(child)
        demo = self._prepare_database(backends)
        self._start_programs(supervisor, self._environment(backends))
        if demo is not None:
            self.var.write_private(DEMO, json.dumps(asdict(demo), indent=2) + "\n")
        self._welcome(demo)

    def _prepare_database(self, backends: Backends) -> Demo | None:
        """Migrate, fill in the demonstration at the first start, and create its links and tokens if it exists."""
        self.say("Preparing the database ...")
        pooled = self.settings.database_pooled
        sessions, now = connect(backends.database_url, pooled=pooled), datetime.now(UTC)
        with readable_faults(NAMED if self.settings.database_url else STARTED_HERE):
            with telling(self.say, "The database is being prepared"):
                upgrade(backends.database_url, pooled=pooled)
            if course.is_wanted(sessions):
                self.say("Filling in a demonstration ...")
                with telling(self.say, "The demonstration is being filled in"):
                    course.seed(sessions, self.catalog, self.settings.exercises_dir, now)
            demo = None
            if course.is_there(sessions):
                demo = course.open_doors(sessions, self.settings.address, now)
        sessions.kw["bind"].dispose()
        return demo

    def _environment(self, backends: Backends) -> dict[str, str]:
        """Return the environment of our programs, and write it to a file for commands run by hand."""
        told = {
            "DATABASE_URL": backends.database_url.replace("+psycopg", "", 1),  # psql can read it too
            "REDIS_URL": backends.redis_url,
            "GRADER_EXERCISES_DIR": str(self.settings.exercises_dir.absolute()),
            "PORT": str(self.settings.port),
        }
        if self.settings.secret_key is None:
            told["GRADER_SECRET_KEY_FILE"] = str(self.var.secret_key_file())
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in told.items()]
        self.var.write_private(ENVIRONMENT, "".join(lines))
        return environment_with(told)

    def _start_programs(self, supervisor: Supervisor, environment: dict[str, str]) -> None:
        self.say("Starting the web server and the worker ...")
        web = self.processes.start(
            web_service(self.settings.host, self.settings.port, environment, self.var.log("web"))
        )
        worker = self.processes.start(worker_service(environment, self.var.log("worker")))
        beat = self.processes.start(beat_service(environment, self.var.log("beat")))
        with telling(self.say, "The web server is starting"):
            self.processes.wait_until(lambda: answers(f"{self.settings.own_address}/readyz"), web)
        self._await(worker, "The worker is starting")
        self._await(beat, "The clock is starting")
        for child in (web, worker, beat):
            supervisor.watch(child)

    def _await(self, child: ServerProcess, what: str) -> None:
        """Wait until a program without a network port has reported that it is working."""
        with telling(self.say, what):
            self.processes.wait_until(lambda: READY in child.said(), child)

    def _welcome(self, demo: Demo | None) -> None:
        self.say(f"\nnn-grader is ready: {self.settings.address}\n")
        if demo is not None:
            self.say(f"  Sign in as instructor  {demo.instructor_link}")
            self.say(f"  Sign in as student     {demo.student_link}")
            self.say("\n  Each link works once, by the button on its page; a new start prints new ones.")
            self.say(f"  Tokens for the REST API are in {self.var.path / DEMO}")
        self.say(f"  Logs are in {self.var.path / 'log'}\n\nCtrl-C stops everything.")
