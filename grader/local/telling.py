"""Tells a person who waits that something still goes on: a slow machine must not look like one that hangs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FIRST, EVERY = 5.0, 10.0
"""Seconds until the first line, and between the later ones."""


@contextmanager
def telling(say: Callable[[str], None], what: str) -> Iterator[None]:
    """Say `what`, with the seconds that it has taken, every few seconds until the block ends."""
    ended, began = threading.Event(), time.monotonic()

    def tell() -> None:
        pause = FIRST
        while not ended.wait(pause):
            say(f"{what} ... {time.monotonic() - began:.0f} s")
            pause = EVERY

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
