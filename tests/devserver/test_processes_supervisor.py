import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.devserver.processes import LONGEST_PAUSE, SETTLED, Processes, ServerProcess, Service, Supervisor
from grader.settings import environment_with


class Scene:
    """A supervisor, its messages, and a clock that the test moves."""

    def __init__(self, processes: Processes, log: Path, program: str) -> None:
        self.now = 0.0
        self.words: list[str] = []
        self.processes = processes
        service = Service("Thing", (sys.executable, "-c", program), log, environment_with({}))
        self.supervisor = Supervisor(processes, self.words.append, lambda: self.now)
        first = processes.start(service)
        self.supervisor.watch(ServerProcess(service, first.process, started=self.now))

    @property
    def child(self) -> ServerProcess:
        return self.supervisor._watched[0].child

    def let_it_die(self) -> None:
        self.child.process.wait()
        self.supervisor._watched[0].child = replace(self.child, started=self.now)
        self.supervisor.tend()


@pytest.fixture
def failing(processes: Processes, log: Path) -> Scene:
    return Scene(processes, log, "raise SystemExit('out of luck')")


def test_a_living_child_is_left_alone(processes: Processes, log: Path) -> None:
    scene = Scene(processes, log, "import time; time.sleep(60)")
    before = scene.child
    scene.supervisor.tend()
    assert scene.child is before
    assert scene.words == []


def test_a_dead_child_is_said_in_one_line_and_started_again_after_a_pause(failing: Scene) -> None:
    before = failing.child.process.pid
    failing.let_it_die()
    log = failing.child.service.log
    assert failing.words == [
        f"Thing stopped (exit code 1): out of luck. Its log is {log}. It is started again in 0.5 s."
    ]
    failing.supervisor.tend()
    assert failing.child.process.pid == before
    failing.now = 0.6
    failing.supervisor.tend()
    assert failing.child.process.pid != before


def test_the_pauses_grow_to_a_limit(failing: Scene) -> None:
    for _ in range(9):
        failing.let_it_die()
        failing.now += LONGEST_PAUSE
        failing.supervisor.tend()
    pauses = [float(pause) for line in failing.words for pause in re.findall(r"again in ([\d.]+) s", line)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_what_dies_for_ever_is_tried_for_ever_and_said_seldom(failing: Scene) -> None:
    pids = set()
    for _ in range(41):
        failing.let_it_die()
        pids.add(failing.child.process.pid)
        failing.now += LONGEST_PAUSE
        failing.supervisor.tend()
    assert len(pids) == 41
    assert len(failing.words) == 10
    assert [line.partition(" s, ")[2] for line in failing.words[7:]] == [
        "the 8th time in a row.",
        "the 20th time in a row.",
        "the 40th time in a row.",
    ]


def test_who_lived_long_enough_is_forgiven(failing: Scene) -> None:
    for _ in range(3):
        failing.let_it_die()
        failing.now += LONGEST_PAUSE
        failing.supervisor.tend()
    failing.child.process.wait()
    failing.supervisor._watched[0].child = ServerProcess(failing.child.service, failing.child.process, failing.now)
    failing.now += SETTLED + 1
    failing.supervisor.tend()
    assert "in 0.5 s" in failing.words[-1]


def test_a_child_that_cannot_be_started_is_tried_again_later(failing: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    failing.let_it_die()
    failing.now = 1.0
    monkeypatch.setattr("subprocess.Popen", _no_memory)
    failing.supervisor.tend()
    assert failing.words[-1].startswith("Thing cannot be started: Cannot allocate memory")
    monkeypatch.undo()
    failing.now += LONGEST_PAUSE
    failing.supervisor.tend()
    assert failing.supervisor._watched[0].restart_at is None


def _no_memory(*_command: object, **_options: object) -> None:
    raise OSError(12, "Cannot allocate memory")
