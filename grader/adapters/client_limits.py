"""Limits on the API requests of each client, counted for all web servers together without waiting for Redis.

Each process counts in memory, and a thread adds its counts up with those of the others in the background.
"""

from dataclasses import dataclass
from threading import Event, Lock, Thread
from time import monotonic, time
from typing import Final, cast

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

REST_SECONDS: Final = 5.0
"""After a failure, Redis is not contacted for this time."""

WINDOW: Final = 60
"""Seconds in which a client's API requests are counted; windows begin with each minute of the clock."""

PER_CLIENT: Final = 200_000
"""API requests a minute: far above what a class does (2,000 a second from one LMS is fine); stops runaway scripts."""

SHARE_SECONDS: Final = 1.0
"""How often a process adds its counts to the others', unless a client nears its limit."""

SHARES: Final = 16
"""Counts are added up at once when a client has used this part of its limit in one process since the last time."""


@dataclass(frozen=True, slots=True)
class RequestAllowance:
    """What a client may still request in the current window, including the request that was just counted."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The response headers that tell the client."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return told | ({"Retry-After": str(self.reset)} if self.is_exceeded else {})


@dataclass(slots=True)
class _Use:
    """A client's requests in this window: all that are known in Redis, and our own that are not yet."""

    shared: int = 0
    own: int = 0


class ClientLimits:
    """Limits on the API requests of each client, for all processes together.

    No request waits for Redis: a thread adds the counts up once a second, and sooner when a client nears its limit. So
    each process may admit a sixteenth of the limit too much. While Redis is unavailable, each process counts alone.
    """

    def __init__(self, limit: int = PER_CLIENT, redis: Redis | None = None) -> None:
        self._limit, self._redis = limit, redis
        self._urgent_at = max(1, limit // SHARES)
        self._lock = Lock()
        self._window = 0
        self._uses: dict[str, _Use] = {}
        self._asked, self._urgent = Event(), Event()
        self._thread: Thread | None = None
        self._resting_until = 0.0

    def count(self, client: str) -> RequestAllowance:
        """Count a request, unless the limit is reached, and return what remains."""
        now = time()
        with self._lock:
            self._begin_window(int(now // WINDOW))
            use = self._uses.setdefault(client, _Use())
            used = use.shared + use.own
            is_exceeded = used >= self._limit
            if not is_exceeded:
                use.own += 1
                self._have_shared(use)
            remaining = max(0, self._limit - used - 1)
        return RequestAllowance(self._limit, remaining, max(1, WINDOW - int(now % WINDOW)), is_exceeded)

    def share(self) -> None:
        """Add our counts up with those of the other processes; never raises."""
        with self._lock:
            window, own = self._window, {client: use.own for client, use in self._uses.items() if use.own}
        if self._redis is None or not own or monotonic() < self._resting_until:
            return
        try:
            self._store(window, own, _exchange(self._redis, window, own))
        except (RedisError, OSError) as error:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("API requests are counted by each web server alone: the broker can't be used", error=str(error))

    def _begin_window(self, window: int) -> None:
        if window != self._window:
            self._window, self._uses = window, {}

    def _have_shared(self, use: _Use) -> None:
        if self._redis is None:
            return
        if use.own >= self._urgent_at:
            self._urgent.set()
        if not self._asked.is_set():
            self._asked.set()
        if self._thread is None or not self._thread.is_alive():  # after a fork there is none, nor after a fault of ours
            self._thread = Thread(target=self._run, name="api-limits", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._asked.wait():
            self._urgent.wait(SHARE_SECONDS)
            self._urgent.clear()
            self._asked.clear()  # before it is read: what is counted from now on is added up the next time
            self.share()

    def _store(self, window: int, own: dict[str, int], totals: dict[str, int]) -> None:
        with self._lock:
            if window != self._window:
                return
            for client, total in totals.items():
                self._uses[client].shared = total
                self._uses[client].own -= own[client]


def _exchange(redis: Redis, window: int, own: dict[str, int]) -> dict[str, int]:
    """Add counts in one round trip, and return the totals; the keys expire soon after their window."""
    with redis.pipeline(transaction=False) as pipeline:
        for client, number in own.items():
            key = f"nn-grader:api:{window}:{client}"
            pipeline.incrby(key, number)
            pipeline.expire(key, 2 * WINDOW)
        totals = cast("list[int]", pipeline.execute())[::2]
    return dict(zip(own, totals, strict=True))
