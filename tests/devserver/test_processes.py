import os
import signal
import sys
from pathlib import Path

import pytest

from grader.devserver.errors import LocalError
from grader.devserver.processes import Interrupt, Interrupted, Processes, Service
from grader.settings import environment_with
from tests.fixtures.alive import is_alive
from tests.fixtures.patience import wait_until

SLEEP = "import time; time.sleep(60)"
FORKS = "import os, time; print(os.fork(), flush=True); time.sleep(60)"
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def _service(program: str, log: Path) -> Service:
    return Service("Thing", (sys.executable, "-c", program), log, environment_with({"THING": "1"}))


def test_a_child_leads_a_session_of_its_own_so_that_ctrl_c_reaches_us_alone(processes: Processes, log: Path) -> None:
    child = processes.start(_service(SLEEP, log))
    assert os.getsid(child.process.pid) == child.process.pid


def test_stopping_ends_what_the_child_started_itself(processes: Processes, log: Path) -> None:
    child = processes.start(_service(FORKS, log))
    processes.wait_until(lambda: log.read_text().count("\n") == 2, child)
    grandchild = max(map(int, log.read_text().split()))
    processes.stop(child)
    _wait_until_gone(grandchild)
    assert child.process.returncode == -signal.SIGTERM


def test_a_child_that_ignores_the_signal_is_killed_after_a_while(processes: Processes, log: Path) -> None:
    child = processes.start(_service(IGNORES, log))
    processes.wait_until(lambda: "up" in log.read_text(), child)
    processes.stop(child, patience=0.1)
    assert child.process.returncode == -signal.SIGKILL


@pytest.mark.process
def test_nobody_waits_for_an_orderly_end_when_asked_twice(log: Path) -> None:
    interrupt = Interrupt()
    hurried = Processes(interrupt)
    child = hurried.start(_service(IGNORES, log))
    hurried.wait_until(lambda: "up" in log.read_text(), child)
    interrupt._note(signal.SIGINT, None)
    interrupt._note(signal.SIGINT, None)
    hurried.stop_all(patience=60)
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_dies_at_its_start_is_said_in_one_line(processes: Processes, log: Path) -> None:
    child = processes.start(_service("raise SystemExit('no such luck')", log))
    with pytest.raises(
        LocalError, match=r"^Thing stopped while starting \(exit code 1\): no such luck\. Its log is .*/log\.$"
    ):
        processes.wait_until(lambda: False, child)


def test_a_child_that_was_killed_is_given_no_reason_that_it_did_not_have(processes: Processes, log: Path) -> None:
    child = processes.start(
        _service("print('error: could not do that', flush=True); import time; time.sleep(600)", log)
    )
    processes.wait_until(lambda: "error" in child.said(), child)
    child.process.kill()
    child.process.wait()
    assert child.obituary() == f"(killed by signal 9, perhaps because memory ran out). Its log is {log}."


def test_a_child_is_waited_for_as_long_as_it_lives(
    processes: Processes, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = processes.start(_service(SLEEP, log))
    asked = iter([False] * 10_000 + [True])
    slept: list[float] = []
    monkeypatch.setattr("grader.devserver.processes.time.sleep", slept.append)
    processes.wait_until(lambda: next(asked), child)
    assert next(asked, None) is None
    assert sum(slept) > 1800
    assert max(slept) < 0.5


@pytest.mark.process
def test_waiting_is_broken_off_when_we_are_to_stop(log: Path) -> None:
    interrupt = Interrupt()
    ours = Processes(interrupt)
    child = ours.start(_service(SLEEP, log))
    interrupt._note(signal.SIGTERM, None)
    with pytest.raises(Interrupted):
        ours.wait_until(lambda: False, child)
    ours.stop_all()


def test_a_program_that_is_not_there_is_said_in_words(processes: Processes, log: Path) -> None:
    with pytest.raises(LocalError, match=r"Thing cannot be started: No such file or directory \(/no/such\)"):
        processes.start(Service("Thing", ("/no/such",), log, {}))


def _wait_until_gone(pid: int) -> None:
    wait_until(lambda: not is_alive(pid))
