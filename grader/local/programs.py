"""How our own three programs are started: the web server, the worker and its clock."""

import sys
from collections.abc import Mapping
from pathlib import Path

from grader.local.processes import Service

WEB_THREADS = 32
"""More than a few: a client that waits for its report holds one."""

_PYTHON = (sys.executable, "-m")
_CELERY = (*_PYTHON, "celery", "--quiet", "--app", "worker.app")


def web(host: str, port: int, environment: Mapping[str, str], log: Path) -> Service:
    """Return the web server: granian, in one process with threads."""
    options = ("--interface", "wsgi", "--host", host, "--port", str(port), "--blocking-threads", str(WEB_THREADS))
    command = (*_PYTHON, "granian", *options, "--no-ws", "grader.web.wsgi:app")
    return Service("The web server", command, log, environment)


def worker(environment: Mapping[str, str], log: Path, *, concurrency: int = 2) -> Service:
    """Return a worker that takes from all queues."""
    options = ("--loglevel", "info", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle")
    return Service("The worker", (*_CELERY, "worker", *options), log, environment)


def beat(environment: Mapping[str, str], log: Path) -> Service:
    """Return the worker's clock; its schedule is in the code, so it keeps no file."""
    options = ("--loglevel", "info", "--scheduler", "celery.beat:Scheduler")
    return Service("The clock", (*_CELERY, "beat", *options), log, environment)
