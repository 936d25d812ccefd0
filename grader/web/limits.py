"""Rate limits, counted in Redis, or in this process while Redis is unavailable.

What people may try (sign-in, requests for links, join codes) is counted there before it is tried. Its keys are chosen
by callers (an e-mail address, a network address), so they are stored only as hashes of fixed length. API requests are
counted by `grader.adapters.client_limits`.
"""

import math
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from time import monotonic, time
from typing import Any, Final, TypeVar

import structlog
from flask import Flask, request
from flask_babel import ngettext
from flask_limiter import Limiter
from limits.storage import RedisStorage, Storage

log = structlog.get_logger(__name__)

SCHEME: Final = "counts"
OWN_SCHEME: Final = "process"
REST_SECONDS: Final = 5.0
"""After a failure, Redis is not contacted for this time: requests must not wait for it each time."""

MOST_KEYS: Final = 100_000
"""The most counters of one process, some 30 MB. Beyond that the oldest are dropped."""

Answer = TypeVar("Answer")


def count_key(key: str) -> str:
    """Return the key under which a counter is stored."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class ProcessCounts(Storage):
    """Counters of this process alone, in windows that begin with the first count.

    The library's own in-memory storage expires counters with a timer thread that two requests may start at once, which
    raises RuntimeError in one of them; this one has a lock and no thread, and never holds more than MOST_KEYS counters.
    """

    STORAGE_SCHEME: list[str] | None = [OWN_SCHEME]  # noqa: RUF012 - declared like this by the library

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 - the library's signature
        super().__init__(uri, wrap_exceptions, **options)
        self._lock = Lock()
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """Exceptions of the storage: none."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return the number in the current window."""
        now = time()
        with self._lock:
            count, until = self._live(key, now)
            if not count:
                self._counts.pop(key, None)  # a new window is the newest again
                self._make_room(now)
            self._counts[key] = (count + amount, until or now + expiry)
            return count + amount

    def get(self, key: str) -> int:
        """Return the current number."""
        with self._lock:
            return self._live(key, time())[0]

    def get_expiry(self, key: str) -> float:
        """Return the end of the window, in seconds since 1970."""
        with self._lock:
            return self._live(key, time())[1] or time()

    def check(self) -> bool:
        """Return whether it can count: always."""
        return True

    def reset(self) -> int | None:
        """Delete all counters."""
        with self._lock:
            forgotten = len(self._counts)
            self._counts.clear()
            return forgotten

    def clear(self, key: str) -> None:
        """Delete one counter."""
        with self._lock:
            self._counts.pop(key, None)

    def _live(self, key: str, now: float) -> tuple[int, float]:
        count, until = self._counts.get(key, (0, 0.0))
        return (count, until) if until > now else (0, 0.0)

    def _make_room(self, now: float) -> None:
        """Drop expired counters, and the older half if that is not enough."""
        if len(self._counts) < MOST_KEYS:
            return
        live = [(key, kept) for key, kept in self._counts.items() if kept[1] > now]
        self._counts = dict(live if len(live) <= MOST_KEYS // 2 else live[-(MOST_KEYS // 2) :])


class SharedCounts(Storage):
    """Counters that survive an unavailable or full Redis: sign-in stays possible, and guessing stays limited.

    Counts are not carried over between the two; a limit is then reached a little later.
    """

    STORAGE_SCHEME: list[str] | None = [SCHEME]  # noqa: RUF012 - declared like this by the library

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 - the library's signature
        super().__init__(uri, wrap_exceptions, **options)
        self._shared = RedisStorage(
            options["redis_url"], socket_connect_timeout=1, socket_timeout=1, key_prefix="nn-grader:limit"
        )
        self._own = ProcessCounts()
        self._resting_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """Exceptions of the storage: none."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return the number in the current window."""
        return self._ask(lambda storage: storage.incr(count_key(key), expiry, amount))

    def get(self, key: str) -> int:
        """Return the current number."""
        return self._ask(lambda storage: storage.get(count_key(key)))

    def get_expiry(self, key: str) -> float:
        """Return the end of the window, in seconds since 1970."""
        return self._ask(lambda storage: storage.get_expiry(count_key(key)))

    def check(self) -> bool:
        """Return whether it can count: always."""
        return True

    def reset(self) -> int | None:
        """Delete all counters."""
        return self._ask(lambda storage: storage.reset())

    def clear(self, key: str) -> None:
        """Delete one counter."""
        self._ask(lambda storage: storage.clear(count_key(key)))

    def _ask(self, question: Callable[[Storage], Answer]) -> Answer:
        if monotonic() < self._resting_until:
            return question(self._own)
        try:
            return question(self._shared)
        except self._shared.base_exceptions as error:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("limits are counted by each web server alone: the broker can't be used", error=str(error))
            return question(self._own)


LONGEST_IN_SECONDS = 90
"""Seconds; longer times are given in minutes."""


def caller_address() -> str:
    """Return the caller's network address, as reported by a trusted proxy."""
    return request.remote_addr or "unknown"


limiter = Limiter(caller_address, storage_uri=f"{SCHEME}://", headers_enabled=False)


def limit(app: Flask, redis_url: str) -> None:
    """Set up rate limits for `app`."""
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"redis_url": redis_url}
    limiter.init_app(app)


def seconds_to_wait() -> int:
    """Return the seconds after which the exceeded limit admits the caller again."""
    hit = limiter.current_limit
    return max(1, math.ceil(hit.reset_at - time())) if hit else 60


def wait_in_words() -> str:
    """Return when the caller may try again, in words."""
    seconds = seconds_to_wait()
    if seconds <= LONGEST_IN_SECONDS:
        return ngettext("Try again in %(num)s second.", "Try again in %(num)s seconds.", seconds)
    minutes = math.ceil(seconds / 60)
    return ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", minutes)
