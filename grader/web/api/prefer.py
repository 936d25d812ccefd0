"""`Prefer: wait=N` (RFC 7240): a client that would rather wait than ask again."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import request

LONGEST_WAIT = 30
FIRST_PAUSE = 0.004
LONGEST_PAUSE = 0.25
GROWTH = 1.5
WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?', re.IGNORECASE | re.ASCII)


def preferred_wait() -> int | None:
    """Give the seconds that the client would wait, at most 30; None where it did not say, or not so that we understand."""
    preferences = ",".join(request.headers.getlist("Prefer")).split(",")
    for preference in preferences:
        match = WAIT.fullmatch(preference.partition(";")[0].strip())
        if match is not None:
            return min(int(match[1]), LONGEST_WAIT)
    return None


def wait_while(is_pending: Callable[[], bool], seconds: float) -> None:
    """Ask again and again, quickly at first, until it is no more or the time is over; holds nothing while it pauses."""
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        if not is_pending():
            return
        pause = min(pause * GROWTH, LONGEST_PAUSE)


@contextmanager
def granted_wait(places: BoundedSemaphore) -> Iterator[int | None]:
    """Give the seconds that this request may wait; None where it did not ask, or too many are waiting already."""
    seconds = preferred_wait()
    if seconds is None or not places.acquire(blocking=False):
        yield None
        return
    try:
        yield seconds
    finally:
        places.release()
