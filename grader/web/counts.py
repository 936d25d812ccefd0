"""Where limits are counted: in Redis, for all web servers together; while that is away, in each by itself."""

from collections.abc import Callable
from time import monotonic
from typing import Any, Final, TypeVar

import structlog
from limits.storage import MemoryStorage, RedisStorage, Storage

log = structlog.get_logger(__name__)

SCHEME: Final = "counts"
REST_SECONDS: Final = 5.0
"""After Redis failed it is left alone for so long: no request shall wait for it each time."""

Answer = TypeVar("Answer")


class SharedCounts(Storage):
    """Counts that survive their Redis being away: signing in stays possible, and guessing stays bounded.

    What was counted in one place is not carried over to the other; a limit is then reached a little later.
    """

    STORAGE_SCHEME: list[str] | None = [SCHEME]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 - the library's signature
        super().__init__(uri, wrap_exceptions, **options)
        self._shared = RedisStorage(
            options["redis_url"], socket_connect_timeout=1, socket_timeout=1, key_prefix="nn-grader:limit"
        )
        self._own = MemoryStorage()
        self._resting_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What it may raise: nothing of its own."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return how many there are before they expire."""
        return self._ask(lambda storage: storage.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        """Return how many there are."""
        return self._ask(lambda storage: storage.get(key))

    def get_expiry(self, key: str) -> float:
        """Return when they expire, in seconds since 1970."""
        return self._ask(lambda storage: storage.get_expiry(key))

    def check(self) -> bool:
        """Tell whether it can count: always."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return self._ask(lambda storage: storage.reset())

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._ask(lambda storage: storage.clear(key))

    def _ask(self, question: Callable[[Storage], Answer]) -> Answer:
        if monotonic() < self._resting_until:
            return question(self._own)
        try:
            return question(self._shared)
        except self._shared.base_exceptions as error:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("limits are counted by each web server alone: the broker can't be reached", error=str(error))
            return question(self._own)
