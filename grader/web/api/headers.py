"""Headers with a meaning here, as documented in OpenAPI: `Prefer: wait` and `Link: next`."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

from flask import Request, request

REQUEST: dict[str, dict[str, Any]] = {
    "Prefer": {
        "description": "`wait=N`: wait up to N seconds (at most 30) for the report (RFC 7240).",
        "schema": {"type": "string", "examples": ["wait=10"]},
    },
    "Accept-Language": {
        "description": "Preferred languages of the statement.",
        "schema": {"type": "string", "examples": ["vi, en;q=0.5"]},
    },
    "Idempotency-Key": {
        "description": "Your unique key for this request. Sent again within 24 hours, it gets the first reply again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    },
}

RESPONSE: dict[str, dict[str, Any]] = {
    "Location": {"description": "URL of the new submission.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "string"}},
    "Preference-Applied": {"description": "How long the server waited at most.", "schema": {"type": "string"}},
    "Link": {"description": "The next page (RFC 8288).", "schema": {"type": "string"}},
    "Content-Language": {"description": "The language of the statement.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {"description": "`true` if this reply was returned before.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to authenticate (RFC 6750).", "schema": {"type": "string"}},
    "X-Request-Id": {"description": "ID of this request in the server's log.", "schema": {"type": "string"}},
}


LONGEST_WAIT = 30
FIRST_PAUSE = 0.004
LONGEST_PAUSE = 0.25
GROWTH = 1.5
WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?', re.IGNORECASE | re.ASCII)


def preferred_wait() -> int | None:
    """Return the seconds that the client is willing to wait, at most 30; None without a valid preference."""
    preferences = ",".join(request.headers.getlist("Prefer")).split(",")
    for preference in preferences:
        match = WAIT.fullmatch(preference.partition(";")[0].strip())
        if match is not None:
            return min(int(match[1]), LONGEST_WAIT)
    return None


def wait_while(is_pending: Callable[[], bool], seconds: float) -> None:
    """Poll, quickly at first, until it is no longer pending or the time is over; holds nothing while pausing."""
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        if not is_pending():
            return
        pause = min(pause * GROWTH, LONGEST_PAUSE)


@contextmanager
def granted_wait(places: BoundedSemaphore) -> Iterator[int | None]:
    """Yield the seconds that this request may wait; None if it did not ask, or too many are waiting."""
    seconds = preferred_wait()
    if seconds is None or not places.acquire(blocking=False):
        yield None
        return
    try:
        yield seconds
    finally:
        places.release()


def link_next(request: Request, cursor: str | None) -> dict[str, str]:
    """Return the header that links to the next page (RFC 8288); empty on the last."""
    if cursor is None:
        return {}
    query = urlencode(request.args.to_dict() | {"cursor": cursor})
    return {"Link": f'<{request.path}?{query}>; rel="next"'}
