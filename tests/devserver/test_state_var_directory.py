import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader.devserver.errors import LocalError
from grader.devserver.state import Var

HOLDS = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(float(sys.argv[2]))"


def test_a_second_one_at_the_same_time_is_refused(tmp_path: Path) -> None:
    first = Var(tmp_path)
    with pytest.raises(LocalError, match=rf"is already running in .* \(process {os.getpid()}\)"):
        Var(tmp_path)
    first.release()
    Var(tmp_path).release()


def test_the_remains_of_one_that_was_killed_are_waited_for(tmp_path: Path) -> None:
    lifeline = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path / "lock", "0.5"], stdout=subprocess.PIPE)
    assert lifeline.stdout is not None
    lifeline.stdout.readline()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / "lock").write_text(f"{ended.pid}\n")
    Var(tmp_path).release()
    assert lifeline.wait() == 0
    lifeline.stdout.close()


def test_a_private_file_is_ours_alone_and_replaces_what_was_there(tmp_path: Path) -> None:
    var = Var(tmp_path)
    (tmp_path / "demo.json").write_text("old, and longer than what comes")
    path = var.write_private("demo.json", "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    var.release()


def test_the_secret_key_stays(tmp_path: Path) -> None:
    var = Var(tmp_path)
    assert len(var.secret_key_file().read_text()) > 40
    assert var.secret_key_file().read_text() == var.secret_key_file().read_text()
    var.release()


def test_a_log_that_grew_large_makes_room(tmp_path: Path) -> None:
    var = Var(tmp_path)
    with var.log("web").open("w") as log:
        log.truncate(10_000_001)
    assert var.log("web").stat().st_size == 0
    assert (tmp_path / "log" / "web.log.1").stat().st_size == 10_000_001
    var.release()


def test_a_log_is_for_us_and_our_group_alone(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir(mode=0o755)
    (tmp_path / "log" / "web.log").touch()
    (tmp_path / "log" / "web.log.1").touch()
    (tmp_path / "log" / "web.log").chmod(0o644)
    (tmp_path / "log" / "web.log.1").chmod(0o644)
    var = Var(tmp_path)
    var.log("worker")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "log").iterdir()}
    assert modes == {"web.log": 0o640, "web.log.1": 0o640, "worker.log": 0o640}
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o750
    var.release()
