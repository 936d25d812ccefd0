"""A limit of time for work that might never end, such as judging answers that show a fault of ours."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType


class TooSlowError(Exception):
    """Something took longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the block with an exception when it takes longer.

    Only the main thread of a process can be interrupted, which is where a worker judges; in others nothing happens. A
    timer that runs already goes on afterwards.

    Raises:
        TooSlowError: the time is up.
    """
    if current_thread() is not main_thread():
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"judging took longer than {seconds:g} seconds")

    began, former = monotonic(), signal.signal(signal.SIGALRM, interrupt)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (monotonic() - began), 0.001), interval)
