import os
import signal
from collections.abc import Iterator

import pytest

from grader.devserver.processes import Interrupt

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _handlers_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    for number in NUMBERS:  # the tests themselves may run under nohup, or in the background
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_asks_us_to_stop_and_a_second_one_to_hurry(number: signal.Signals) -> None:
    interrupt = Interrupt()
    interrupt.listen()
    states = [(interrupt.is_requested, interrupt.is_urgent)]
    for _ in range(2):
        os.kill(os.getpid(), number)
        states.append((interrupt.is_requested, interrupt.is_urgent))
    assert states == [(False, False), (True, False), (True, True)]


def test_a_closed_terminal_is_ignored_where_nohup_asks_for_it() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt = Interrupt()
    interrupt.listen()
    os.kill(os.getpid(), signal.SIGHUP)
    assert not interrupt.is_requested


def test_ctrl_c_is_heard_also_where_a_shell_started_us_in_the_background() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupt = Interrupt()
    interrupt.listen()
    os.kill(os.getpid(), signal.SIGINT)
    assert interrupt.is_requested


def test_the_end_of_our_parent_asks_us_to_stop() -> None:
    assert not Interrupt(os.getppid()).is_requested
    assert Interrupt(os.getpid()).is_requested  # some other process than our parent
