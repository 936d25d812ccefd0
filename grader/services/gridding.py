"""Which rows of a grid are shown, and in which order."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from grader.services.grid import Cell, GridRow


class Shown(StrEnum):
    """Whom to show."""

    ALL = "all"
    MISSING = "missing"
    LATE = "late"
    WAITING = "waiting"
    BY_HAND = "by-hand"


TESTS: Mapping[Shown, Callable[[Cell], bool]] = MappingProxyType(
    {
        Shown.MISSING: lambda cell: cell.missing,
        Shown.LATE: lambda cell: cell.late_days > 0,
        Shown.WAITING: lambda cell: bool(cell.waiting or cell.set_aside),
        Shown.BY_HAND: lambda cell: cell.overridden or cell.regraded,
    }
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a grid is sorted by: `name`, `number`, `total`, or the place of an assignment."""

    by: str = "name"
    descending: bool = False


def chosen(rows: Sequence[GridRow], words: str, shown: Shown, order: Order) -> list[GridRow]:
    """Return the rows whose student has all these words in name, number or e-mail, in this order.

    A word is found by its beginning, a number by any part of it.
    Who has no mark comes last, whichever way it goes.
    """
    wanted = [plain(word) for word in words.split()]
    found = [row for row in rows if _says(row, wanted) and _is(row, shown)]
    key = KEYS.get(order.by) or _by_place(int(order.by))
    there = [row for row in found if key(row) is not None]
    ordered = sorted(there, key=key, reverse=order.descending)
    return ordered + [row for row in found if key(row) is None]


def plain(text: str) -> str:
    """A text without accents and capitals: who looks for `nguyen` means Nguyễn, and `dung` Đặng Dũng."""
    spread = unicodedata.normalize("NFD", text.casefold().replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def _says(row: GridRow, wanted: Sequence[str]) -> bool:
    said = plain(f"{row.student.name} {row.student.email}").split()
    number = plain(row.student.number or "")
    return all(any(one.startswith(word) for one in said) or (bool(number) and word in number) for word in wanted)


def _is(row: GridRow, shown: Shown) -> bool:
    return shown is Shown.ALL or any(map(TESTS[shown], row.cells))


def _by_place(place: int) -> Callable[[GridRow], Any]:
    return lambda row: row.cells[place].points


KEYS: Mapping[str, Callable[[GridRow], Any]] = MappingProxyType(
    {
        "name": lambda row: plain(row.student.name),
        "number": lambda row: row.student.number,
        "total": lambda row: row.share,
    }
)
