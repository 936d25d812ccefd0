"""Finding, among many that are worked on together, the few that nothing can be done with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from grader.services.time_limit import TooSlowError
from grader.store.engine import DATABASE_AWAY

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Sifted(Generic[Item, Done]):
    """What came of some work: the result of each part of it, and each item that raised by itself, with what it raised."""

    done: tuple[Done, ...] = ()
    failed: tuple[tuple[Item, Exception], ...] = ()

    def __add__(self, other: "Sifted[Item, Done]") -> "Sifted[Item, Done]":
        return Sifted(self.done + other.done, self.failed + other.failed)


def work_apart(work: Callable[[Sequence[Item]], Done], items: Sequence[Item]) -> Sifted[Item, Done]:
    """Do the work for all items at once; where that raises for each half, and so on down to single items.

    One bad item among n costs 2 log2(n) further calls, of which the last are small. Where the time is up each item is
    taken by itself at once: to find by halves what never ends would wait for it once more for each half.

    Raises:
        OperationalError, InterfaceError: the database is away, which is no item's fault.
    """
    try:
        return Sifted((work(items),))
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - our fault, whatever it is: whose answers show it is found out here
        if len(items) == 1:
            return Sifted(failed=((items[0], error),))
        size = 1 if isinstance(error, TooSlowError) else (len(items) + 1) // 2
    parts = (work_apart(work, items[start : start + size]) for start in range(0, len(items), size))
    nothing: Sifted[Item, Done] = Sifted()
    return sum(parts, nothing)
