"""A worker's claims bear its name, by which others on its machine see whether it still runs."""

import os
import subprocess
import sys

import pytest

from worker import tasks
from worker.tasks import holder, is_gone


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _of(machine: str, pid: object, token: str = "") -> str:
    return f"{machine}/{pid}/{token}/a-task"


pytestmark = pytest.mark.process


def test_what_still_runs_is_not_gone(dead: int) -> None:
    assert not is_gone(holder("a-task"))
    assert not is_gone(_of(tasks._MACHINE, os.getppid()))
    assert is_gone(_of(tasks._MACHINE, dead))


def test_who_had_our_number_before_us_is_gone() -> None:
    assert is_gone(_of(tasks._MACHINE, os.getpid(), "another"))


def test_of_another_machine_or_container_nothing_is_known(dead: int) -> None:
    assert not is_gone(_of("elsewhere-4026531836", dead))


@pytest.mark.parametrize("name", ["", "a-task", "a/b", _of(tasks._MACHINE, "x"), _of(tasks._MACHINE, "²")])
def test_of_a_name_of_another_version_nothing_is_known(name: str) -> None:
    assert not is_gone(name)


def test_a_number_that_no_process_can_have_is_nobodys() -> None:
    assert is_gone(_of(tasks._MACHINE, "9" * 30))
