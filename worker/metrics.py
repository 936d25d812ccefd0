"""Metrics of a worker for Prometheus, on a port of their own.

The processes of the pool count in files, and the main process adds them up for Prometheus (the multiprocess mode of
prometheus_client). The library is imported only if there is a port, after its
directory of files has been set.
"""

import hmac
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from celery import Task
from celery.signals import task_postrun, task_prerun, worker_shutdown

from grader.services.accounts.password_reset import SentResets
from grader.services.grading.context import GradingStats
from grader.services.regrading.worker import RegradeStats
from grader.settings import tell_libraries

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - the token protects it
UNKNOWN: Final = "401 Unauthorized"


@dataclass(slots=True)
class TaskMetrics:
    """What a pool's process counts: tasks, and what came of them."""

    tasks: "Counter"
    seconds: "Histogram"
    judged: "Counter"
    regraded: "Counter"
    mails: "Counter"
    _began: float = field(default=0.0, init=False)

    def begin(self, **_: object) -> None:
        """Note when a task begins; a process has one at a time."""
        self._began = perf_counter()

    def end(self, task: Task[Any, Any], state: str | None, retval: object, **_: object) -> None:
        """Count a task that has ended."""
        self.tasks.labels(task.name, state or "UNKNOWN").inc()
        self.seconds.labels(task.name).observe(perf_counter() - self._began)
        match retval:
            case GradingStats(graded=graded, failed=failed, unusable=unusable):
                _add(self.judged, graded=graded, failed=failed, unusable=unusable)
            case RegradeStats(judged=judged):
                self.regraded.inc(judged)
            case SentResets(sent=sent, refused=refused):
                _add(self.mails, sent=sent, refused=refused)
            case _:  # nothing that is counted, or an exception
                pass


def _add(counter: "Counter", **numbers: int) -> None:
    for outcome, number in numbers.items():
        counter.labels(outcome).inc(number)


def begin(port: int, token: str) -> None:
    """Count from now on, and serve the sums; called by the main process before the pool forks."""
    directory = tempfile.mkdtemp(prefix="nn-grader-metrics-")
    tell_libraries("PROMETHEUS_MULTIPROC_DIR", directory)
    metrics = _instruments()
    task_prerun.connect(metrics.begin, weak=False)
    task_postrun.connect(metrics.end, weak=False)
    server = _server(port, token, directory)

    def end(**_: object) -> None:
        server.shutdown()
        shutil.rmtree(directory, ignore_errors=True)

    worker_shutdown.connect(end, weak=False)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _instruments() -> TaskMetrics:
    from prometheus_client import Counter, Histogram  # noqa: PLC0415 - reads the directory when it is imported

    return TaskMetrics(
        Counter("nn_grader_tasks", "Tasks that have ended", ["task", "state"]),
        Histogram("nn_grader_task_seconds", "How long they took", ["task"], buckets=BUCKETS),
        Counter("nn_grader_submissions_judged", "Submissions with an outcome", ["outcome"]),
        Counter("nn_grader_regrade_submissions_judged", "Submissions judged for regrades"),
        Counter("nn_grader_mails", "E-mails by outcome", ["outcome"]),
    )


class MetricsServer(ThreadingMixIn, WSGIServer):
    """A thread for each caller, so that a slow one delays nobody."""

    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    """Logs no scrapes."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Log nothing."""


def _server(port: int, token: str, directory: str) -> WSGIServer:
    from prometheus_client import CollectorRegistry, make_wsgi_app  # noqa: PLC0415 - the same
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - the same

    registry = CollectorRegistry()
    MultiProcessCollector(registry, directory)  # type: ignore[no-untyped-call]  # the library leaves it out
    application = protected(make_wsgi_app(registry), token)
    return make_server(EVERYWHERE, port, application, MetricsServer, QuietHandler)


def protected(application: WSGIApplication, token: str) -> WSGIApplication:
    """Return the application for callers with the token alone."""
    wanted = f"Bearer {token}".encode()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = str(environ.get("HTTP_AUTHORIZATION", "")).encode("utf-8", "surrogateescape")
        if hmac.compare_digest(wanted, given):
            return application(environ, start_response)
        start_response(UNKNOWN, [("Content-Type", "text/plain"), ("WWW-Authenticate", "Bearer")])
        return [b"The token of the metrics is missing or wrong.\n"]

    return answer
