from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """A small cache of the most recently computed results, shared by all threads of a process."""

    def __init__(self, most: int = 8) -> None:
        self._most, self._lock, self._values = most, Lock(), OrderedDict[K, V]()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the result for a key, computing it if necessary; concurrent callers may compute it twice."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        return self.keep(key, make())

    def find(self, key: K) -> V | None:
        """Return the cached result for a key, or None."""
        with self._lock:
            return self._values.get(key)

    def keep(self, key: K, value: V) -> V:
        """Store a result for a key, replacing any earlier one, and return it."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
