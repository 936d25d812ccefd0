"""What lists are narrowed by, as it stands in an address: what makes no sense narrows nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

Choice = TypeVar("Choice", bound=StrEnum)

LONGEST: Final = 200
LARGEST: Final = 2**31
FIRST, LAST = date(2000, 1, 1), date(9000, 1, 1)


def words(given: Mapping[str, str], name: str) -> str | None:
    """Some text to look for, of characters that can be seen; None where there is none."""
    return "".join(filter(str.isprintable, given.get(name, ""))).strip()[:LONGEST] or None


def choice(given: Mapping[str, str], name: str, kind: type[Choice]) -> Choice | None:
    """One of several words."""
    return next((one for one in kind if one.value == given.get(name)), None)


def number(given: Mapping[str, str], name: str) -> int | None:
    """A number from 0, as the database counts."""
    text = given.get(name, "")
    found = int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST else None
    return found if found is not None and found < LARGEST else None


def day(given: Mapping[str, str], name: str, zone: str | None, *, after: bool = False) -> datetime | None:
    """When a day begins where the reader is, or the day after it."""
    try:
        found = date.fromisoformat(given.get(name, ""))
    except ValueError:
        return None
    if not FIRST <= found <= LAST:
        return None
    begins = datetime.combine(found + timedelta(days=1) if after else found, time(), ZoneInfo(zone) if zone else UTC)
    return begins.astimezone(UTC)
