"""How our own three programs are started: the web server, the worker and its clock."""

import sys
from collections.abc import Mapping
from pathlib import Path

from grader.local.processes import Service

CONNECTIONS = 4096
"""More than a few: whoever sends slowly holds one and nothing else (grader.web.front has the threads)."""

_PYTHON = (sys.executable, "-m")
_CELERY = (*_PYTHON, "celery", "--quiet", "--app", "worker.app")


def web(host: str, port: int, environment: Mapping[str, str], log: Path) -> Service:
    """Return the web server: granian, in one process with threads."""
    options = ("--interface", "rsgi", "--host", host, "--port", str(port))
    many = ("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS))
    command = (*_PYTHON, "granian", *options, *many, "--no-ws", "grader.web.rsgi:app")
    return Service("The web server", command, log, environment)


def worker(environment: Mapping[str, str], log: Path, *, concurrency: int = 2) -> Service:
    """Return a worker that takes from all queues."""
    options = ("--loglevel", "info", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle")
    return Service("The worker", (*_CELERY, "worker", *options), log, environment)


def beat(environment: Mapping[str, str], log: Path) -> Service:
    """Return the worker's clock; its schedule is in the code, so it keeps no file."""
    options = ("--loglevel", "info", "--scheduler", "celery.beat:Scheduler")
    return Service("The clock", (*_CELERY, "beat", *options), log, environment)
