import os
import time

import pytest

from bench.pipelines.cpu import cpu_seconds


@pytest.mark.process
def test_work_of_this_process_and_of_children_that_have_ended_is_counted() -> None:
    before, own = cpu_seconds(os.getpid()), time.process_time()
    child = os.fork()
    if child == 0:
        _work()
        os._exit(0)
    os.waitpid(child, 0)
    assert cpu_seconds(os.getpid()) - before > time.process_time() - own + 0.1


def _work() -> None:
    while time.process_time() < 0.3:
        sum(range(1000))
