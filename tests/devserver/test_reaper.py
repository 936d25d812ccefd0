import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.devserver import reaper as devserver_reaper
from grader.devserver.reaper import end, exists, listen
from tests.fixtures.alive import is_alive
from tests.fixtures.patience import PATIENCE, wait_until

SLEEP = "import time; time.sleep(60)"
LOSES_ITS_LIFELINE = f"""
import os, signal, sys
from pathlib import Path
from grader.devserver.processes import Processes, Service
sleep = Service("Sleep", (sys.executable, "-c", {SLEEP!r}), Path(sys.argv[1]), {{}})
ours = Processes()
first = ours.start(sleep)
ours._lifeline.kill()
ours._lifeline.wait()
if sys.argv[2] == "noticed":
    ours.keep_lifeline()
second = ours.start(sleep)
print(first.process.pid, second.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def test_it_knows_what_was_started_and_not_stopped() -> None:
    assert listen(["+ 10 15\n", "+ 11 2\n", "garbage\n", "- 10\n"]) == {11: 2}


def test_what_ends_when_asked_is_asked() -> None:
    child = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    reaper = threading.Thread(target=child.wait)  # as whoever started it would
    reaper.start()
    end({child.pid: signal.SIGTERM}, patience=PATIENCE)
    reaper.join()
    assert child.returncode == -signal.SIGTERM


def test_what_does_not_end_when_asked_is_killed() -> None:
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], start_new_session=True, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    end({child.pid: signal.SIGTERM}, patience=0.1)
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()


def test_the_end_of_whoever_holds_it_ends_the_children_and_removes_the_announcements(tmp_path: Path) -> None:
    announcement = tmp_path / "we are here"
    announcement.touch()
    child = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    holder = subprocess.Popen(
        [sys.executable, "-I", "-S", devserver_reaper.__file__, str(announcement)], stdin=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    holder.stdin.write(f"+ {child.pid} {int(signal.SIGTERM)}\n")
    holder.stdin.close()
    assert child.wait(PATIENCE) == -signal.SIGTERM
    assert holder.wait(PATIENCE) == 0
    assert not announcement.exists()


@pytest.mark.parametrize("when", ["noticed", "written to"])
def test_a_lifeline_that_was_killed_is_replaced_and_told_everything(tmp_path: Path, when: str) -> None:
    command = [sys.executable, "-c", LOSES_ITS_LIFELINE, str(tmp_path / "log"), when]
    answer = subprocess.run(command, check=False, capture_output=True)
    assert answer.returncode == -signal.SIGKILL
    children = [int(pid) for pid in answer.stdout.split()]
    assert len(children) == 2
    wait_until(lambda: not any(map(is_alive, children)))


@pytest.mark.skipif(not Path("/proc").exists(), reason="asks for a process of another user, which /proc tells of")
def test_a_process_of_somebody_else_exists_too() -> None:
    assert exists(1)


def test_a_process_that_ended_does_not_exist() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    time.sleep(0.01)
    assert not exists(child.pid)
