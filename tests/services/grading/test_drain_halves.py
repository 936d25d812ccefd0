import signal
import time
from collections.abc import Sequence
from threading import Thread

import pytest
from sqlalchemy.exc import OperationalError

from grader.services.grading.drain import isolate_failures
from grader.services.grading.sandbox import TooSlowError, time_limit


def test_the_bad_ones_are_found_and_all_others_done_once() -> None:
    calls: list[int] = []

    def work(items: Sequence[int]) -> list[int]:
        calls.append(len(items))
        if {7, 150} & set(items):
            raise ZeroDivisionError
        return list(items)

    sifted = isolate_failures(work, range(200))
    assert sorted(item for done in sifted.done for item in done) == [n for n in range(200) if n not in {7, 150}]
    assert [item for item, _ in sifted.failed] == [7, 150]
    assert len(calls) <= 1 + 2 * 2 * 8
    assert sum(calls) <= 200 * 5


def test_where_the_time_is_up_each_is_taken_by_itself() -> None:
    sizes: list[int] = []

    def work(items: Sequence[int]) -> int:
        sizes.append(len(items))
        if 3 in items:
            raise TooSlowError
        return len(items)

    sifted = isolate_failures(work, range(10))
    assert sizes == [10] + [1] * 10
    assert [item for item, _ in sifted.failed] == [3]


def test_a_database_that_is_away_is_no_items_fault() -> None:
    def work(_items: Sequence[int]) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError())

    with pytest.raises(OperationalError):
        isolate_failures(work, range(4))


def test_what_never_ends_is_ended_and_a_timer_that_runs_goes_on() -> None:
    former = signal.getitimer(signal.ITIMER_REAL)
    with pytest.raises(TooSlowError, match=r"0\.05 seconds"), time_limit(0.05):
        time.sleep(600)
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    assert (left > 0) == (former[0] > 0)
    assert left <= former[0]


def test_what_is_in_time_is_left_alone() -> None:
    with time_limit(60):
        before = signal.getitimer(signal.ITIMER_REAL)[0]
    assert 50 < before <= 60
    handler = signal.getsignal(signal.SIGALRM)
    assert handler is signal.SIG_DFL or "interrupt" not in repr(handler)


def test_outside_of_the_main_thread_nothing_is_interrupted() -> None:
    ended: list[bool] = []

    def work() -> None:
        with time_limit(0.01):
            time.sleep(0.05)
        ended.append(True)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [True]
