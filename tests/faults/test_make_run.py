"""`make run` as people use it, and what may go wrong on the way.

The runner decides whether these run as root or as an ordinary user: root's servers change to another account and keep
their data outside the checkout, an ordinary user's do neither. Both ways end in the same pages.
"""

import fcntl
import json
import os
import re
import signal
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.devserver.ports import free_port
from grader.logs import READY
from grader.services.accounts.registration import Person, register
from grader.store.database import Sessions
from grader.vocabulary import Role
from tests.fixtures.machine import Machine, fetch
from tests.fixtures.patience import PATIENCE, wait_until

ELSEWHERE = {
    "PGSERVICE": "elsewhere",
    "PGREQUIREAUTH": "gss",
    "PGOPTIONS": "-c search_path=elsewhere",
    "CELERY_BROKER_URL": "redis://elsewhere.invalid:1/0",
    "GRANIAN_URL_PATH_PREFIX": "/elsewhere",
    "FLASK_DEBUG": "1",
}
"""Settings for other servers and programs, which keep nobody from ours."""


def test_in_a_closed_directory_it_starts_keeps_its_data_and_leaves_nothing_behind(copied_machine: Machine) -> None:
    modes = _modes(copied_machine.directory)

    copied_machine.make("run", **ELSEWHERE)
    first = copied_machine.demo()
    assert set(first) == {"base_url", "instructor_token", "student_token", "instructor_link", "student_link"}
    assert stat.S_IMODE((copied_machine.var / "demo.json").stat().st_mode) == 0o600
    assert fetch(f"{first['base_url']}/readyz")[0] == 200
    assert {fetch(first[link], body={})[0] for link in ("instructor_link", "student_link")} == {303}
    sent = _submit(first)
    _wait_until_graded(first, sent)
    copied_machine.stop(signal.SIGTERM)
    assert copied_machine.is_gone()

    copied_machine.make("run")
    second = copied_machine.demo()
    assert second["student_token"] != first["student_token"]
    assert "Filling in" not in copied_machine.said()
    _wait_until_graded(second, sent)
    copied_machine.stop(signal.SIGKILL)
    assert copied_machine.is_gone()
    assert not (copied_machine.var / "demo.json").exists()
    assert _modes(copied_machine.directory) == modes


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (("worker", "_multiprocessing", ""), r"The worker stopped while starting .*/dev/shm must be writable"),
        (
            ("worker", "worker.tasks", "raise ImportError('half an update')"),
            r"The worker .*ImportError: half an update",
        ),
        (("beat", "worker.tasks", "raise MemoryError"), r"The clock .*MemoryError \(this machine has no memory left\)"),
        (("granian", "grader.web.wsgi", "raise OSError(28, 'No space left on device')"), r"The web .*the disk is full"),
    ],
)
def test_a_part_that_dies_at_its_start_is_one_line_and_nothing_is_ready(
    machine: Machine, servers_in_use: dict[str, str], tmp_path: Path, breaks: tuple[str, str, str], said: str
) -> None:
    """Only the part that dies is ours: stand-ins that are ready at once answer for the others."""
    program, module, fault = breaks
    (tmp_path / "sitecustomize.py").write_text(BREAKS.format(program=program, module=module, fault=fault, ready=READY))
    process = machine.up(**servers_in_use, PYTHONPATH=str(tmp_path))
    assert process.wait(PATIENCE) == 1
    assert "is ready" not in machine.said()
    assert "Traceback" not in machine.said()
    assert "{" not in machine.said()
    *_, last = machine.said().splitlines()
    assert re.search(said, last)
    assert re.search(r"Its log is \S+/(worker|beat|web)\.log\.$", last)
    assert machine.is_gone()


@pytest.fixture
def servers_in_use(sessions: Sessions, database_url: str, redis_url: str) -> dict[str, str]:
    """Return settings that name servers with a migrated database that is not the demonstration's."""
    register(sessions, Person("an@example.org", "An", Role.STUDENT), datetime.now(UTC))
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


BREAKS = """
import http.server, importlib.abc, signal, sys

class SemLock:
    SEM_VALUE_MAX = 1

    def __init__(self, *_):
        raise PermissionError(13, "Permission denied")

    _rebuild = None

class Breaks(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name == "{module}":
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.SemLock = SemLock
        module.sem_unlink = print
        exec({fault!r}, module.__dict__)

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

part = next((word for word in sys.orig_argv if word in ("granian", "worker", "beat")), None)
if part == "{program}":
    sys.meta_path.insert(0, Breaks())
elif part == "granian":
    port = int(sys.orig_argv[sys.orig_argv.index("--port") + 1])
    http.server.HTTPServer(("127.0.0.1", port), Page).serve_forever()
elif part is not None:
    print({ready!r}, flush=True)
    signal.pause()
"""


def test_ctrl_c_during_the_start_leaves_no_process(machine: Machine) -> None:
    machine.up()
    machine.wait_for(lambda: "Starting Valkey" in machine.said())
    assert machine.stop(signal.SIGINT) == 0
    assert machine.is_gone()


def test_a_taken_port_is_one_clear_line(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = _fails(machine, PORT=str(port))
    assert line.startswith(f"Error: Port {port} is taken: choose another one, as in `make run PORT=")


def test_a_var_that_cannot_be_written_is_one_clear_line(machine: Machine) -> None:
    machine.var.write_text("in the way")
    assert _fails(machine) == f"Error: {machine.var} cannot be written: Not a directory."


def test_a_second_one_is_one_clear_line(machine: Machine) -> None:
    machine.var.mkdir()
    with (machine.var / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        line = _fails(machine)
    assert line == f"Error: nn-grader is already running in {machine.var} (process {os.getpid()}): stop it first."


def test_a_database_that_does_not_answer_is_one_clear_line(machine: Machine) -> None:
    line = _fails(machine, DATABASE_URL=f"postgresql://someone@127.0.0.1:{free_port()}/away")
    assert line.startswith("Error: The database that DATABASE_URL names cannot be used: ")


def test_a_broker_that_does_not_answer_is_one_clear_line(machine: Machine) -> None:
    line = _fails(machine, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert line.startswith("Error: The server that REDIS_URL names does not answer: ")


def test_a_setting_that_makes_no_sense_is_one_clear_line(machine: Machine) -> None:
    assert _fails(machine, PORT="eighty").startswith("Error: PORT ")


def test_servers_of_ones_own_are_used_and_left_running(machine: Machine, database_url: str, redis_url: str) -> None:
    machine.up(DATABASE_URL=database_url, REDIS_URL=redis_url)
    demo = machine.demo()
    assert "PostgreSQL" not in machine.said()
    _wait_until_graded(demo, _submit(demo))
    assert machine.stop(signal.SIGTERM) == 0
    assert machine.is_gone()


def _fails(machine: Machine, **environment: str) -> str:
    """Start it, see it end in an error with nothing left, and return the only line that it said."""
    started = machine.up(**environment)
    assert started.wait(PATIENCE) == 1
    assert machine.is_gone()
    lines = machine.said().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def _submit(demo: dict[str, str]) -> str:
    body = {"exercise": "step-network-forward", "learner_ref": "somebody", "answers": {"v3": "1"}}
    status, text = fetch(f"{demo['base_url']}/api/v1/submissions", demo["instructor_token"], body)
    assert status == 202, text
    return str(json.loads(text)["id"])


def _wait_until_graded(demo: dict[str, str], submission: str) -> None:
    def is_graded() -> bool:
        answer = fetch(f"{demo['base_url']}/api/v1/submissions/{submission}", demo["instructor_token"])
        return bool(json.loads(answer[1])["status"] == "graded")

    wait_until(is_graded)


def _modes(directory: Path) -> list[int]:
    """Return the permissions of a directory and of all above it."""
    return [stat.S_IMODE(path.stat().st_mode) for path in (directory, *directory.parents)]
