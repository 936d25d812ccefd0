import os
import subprocess
import sys
import time

from bench.pipelines.cpu import cpu_seconds


def test_work_of_this_process_and_of_children_that_have_ended_is_counted() -> None:
    before, own = cpu_seconds(os.getpid()), time.process_time()
    child = os.fork()
    if child == 0:
        _work()
        os._exit(0)
    os.waitpid(child, 0)
    assert cpu_seconds(os.getpid()) - before > time.process_time() - own + 0.1


def test_a_process_that_is_gone_has_used_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert cpu_seconds(ended.pid) == 0


def _work() -> None:
    while time.process_time() < 0.3:
        sum(range(1000))
