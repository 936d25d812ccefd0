"""How often one caller may ask, and where that is counted: in Redis, or in this process while Redis is away.

What people may try (signing in, asking for links, guessing codes) is counted for all web servers together. What bounds
programs protects a process from a script that runs away, and is counted by each process: no broker is needed to answer
a request of the API. What is counted is named by whoever asks (an e-mail, an address, a token), so nothing of it is
stored as it came: a key is a hash, as long for an e-mail of a megabyte as for any other.
"""

import math
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from time import monotonic, time
from typing import Any, Final, TypeVar

import structlog
from flask import Blueprint, Flask, request
from flask_babel import ngettext
from flask_limiter import Limiter
from limits.storage import RedisStorage, Storage

log = structlog.get_logger(__name__)

SCHEME: Final = "counts"
OWN_SCHEME: Final = "process"
REST_SECONDS: Final = 5.0
"""After Redis failed it is left alone for so long: no request shall wait for it each time."""

MOST_KEYS: Final = 100_000
"""How many counts one process holds: some 30 MB. Beyond that the oldest make room."""

Answer = TypeVar("Answer")


def count_key(key: str) -> str:
    """Return what a count is stored under."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class ProcessCounts(Storage):
    """Counts of this process alone, for windows that begin with the first count.

    The library's own storage in memory forgets by a timer thread that two requests may start at once, which raises
    RuntimeError in one of them; this one has a lock and no thread, and never holds more than MOST_KEYS counts.
    """

    STORAGE_SCHEME: list[str] | None = [OWN_SCHEME]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 - the library's signature
        super().__init__(uri, wrap_exceptions, **options)
        self._lock = Lock()
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """What it may raise: nothing of its own."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return how many there are before they expire."""
        now = time()
        with self._lock:
            count, until = self._live(key, now)
            if not count:
                self._counts.pop(key, None)  # a new window is the youngest again
                self._make_room(now)
            self._counts[key] = (count + amount, until or now + expiry)
            return count + amount

    def get(self, key: str) -> int:
        """Return how many there are."""
        with self._lock:
            return self._live(key, time())[0]

    def get_expiry(self, key: str) -> float:
        """Return when they expire, in seconds since 1970."""
        with self._lock:
            return self._live(key, time())[1] or time()

    def check(self) -> bool:
        """Tell whether it can count: always."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._lock:
            forgotten = len(self._counts)
            self._counts.clear()
            return forgotten

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._lock:
            self._counts.pop(key, None)

    def _live(self, key: str, now: float) -> tuple[int, float]:
        count, until = self._counts.get(key, (0, 0.0))
        return (count, until) if until > now else (0, 0.0)

    def _make_room(self, now: float) -> None:
        """Drop what has expired, and the older half where that is not enough."""
        if len(self._counts) < MOST_KEYS:
            return
        live = [(key, kept) for key, kept in self._counts.items() if kept[1] > now]
        self._counts = dict(live if len(live) <= MOST_KEYS // 2 else live[-(MOST_KEYS // 2) :])


class SharedCounts(Storage):
    """Counts that survive their Redis being away or full: signing in stays possible, and guessing stays bounded.

    What was counted in one place is not carried over to the other; a limit is then reached a little later.
    """

    STORAGE_SCHEME: list[str] | None = [SCHEME]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 - the library's signature
        super().__init__(uri, wrap_exceptions, **options)
        self._shared = RedisStorage(
            options["redis_url"], socket_connect_timeout=1, socket_timeout=1, key_prefix="nn-grader:limit"
        )
        self._own = ProcessCounts()
        self._resting_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What it may raise: nothing of its own."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return how many there are before they expire."""
        return self._ask(lambda storage: storage.incr(count_key(key), expiry, amount))

    def get(self, key: str) -> int:
        """Return how many there are."""
        return self._ask(lambda storage: storage.get(count_key(key)))

    def get_expiry(self, key: str) -> float:
        """Return when they expire, in seconds since 1970."""
        return self._ask(lambda storage: storage.get_expiry(count_key(key)))

    def check(self) -> bool:
        """Tell whether it can count: always."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return self._ask(lambda storage: storage.reset())

    def clear(self, key: str) -> None:
        """Forget one count."""
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


# Far above what a class does (2,000 a second from one LMS is fine); it stops a script that runs away.
PER_CALLER = "200000 per minute"

LONGEST_IN_SECONDS = 90
"""Seconds; what takes longer is said in minutes."""


def caller_address() -> str:
    """Name the caller by its network address, which is the proxy's word where a proxy is trusted."""
    return request.remote_addr or "unknown"


def token_or_address() -> str:
    """Name the caller by its token (hashed: the counts hold no secrets), else by its address."""
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return caller_address()
    return sha256(authorization.encode("utf-8", "surrogateescape")).hexdigest()


limiter = Limiter(caller_address, storage_uri=f"{SCHEME}://", headers_enabled=False)
per_process = Limiter(caller_address, storage_uri=f"{OWN_SCHEME}://", headers_enabled=False)


def limit(app: Flask, redis_url: str) -> None:
    """Let limits hold for `app`."""
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"redis_url": redis_url}
    limiter.init_app(app)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {}
    per_process.init_app(app)


def limit_api(blueprint: Blueprint) -> None:
    """Bound what one token may ask of the API.

    Refused tokens are not counted by address: guessing one is hopeless, and a campus that shares an address must not
    suffer for somebody's expired token.
    """
    per_process.shared_limit(PER_CALLER, scope="api", key_func=token_or_address)(blueprint)


def seconds_to_wait() -> int:
    """Give the seconds after which the limit that was hit lets the caller in again."""
    hit = limiter.current_limit or per_process.current_limit
    return max(1, math.ceil(hit.reset_at - time())) if hit else 60


def wait_in_words() -> str:
    """Say when the caller may try again."""
    seconds = seconds_to_wait()
    if seconds <= LONGEST_IN_SECONDS:
        return ngettext("Try again in %(num)s second.", "Try again in %(num)s seconds.", seconds)
    minutes = math.ceil(seconds / 60)
    return ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", minutes)
