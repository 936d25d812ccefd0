from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """What was worked out last, by what it was worked out from: a few of them, for all threads of a process."""

    def __init__(self, most: int = 8) -> None:
        self._most, self._lock, self._values = most, Lock(), OrderedDict[K, V]()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what was made for this key, made now where nothing was; of two who make it at once both succeed."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        return self.keep(key, make())

    def find(self, key: K) -> V | None:
        """Return what was made for this key last; None where nothing was, or where it is long ago."""
        with self._lock:
            return self._values.get(key)

    def keep(self, key: K, value: V) -> V:
        """Keep what was made now, in place of what was made before; return it."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
