"""Local times in a time zone, as people enter and read them."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FIRST_YEAR, LAST_YEAR = 1901, 9000
"""Outside these years a time may not exist in another zone, or the end of late work exceed the last possible year."""


class Unclear(StrEnum):
    """Why a local time is not a single moment."""

    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    TWICE = "twice"


class UnclearTimeError(ValueError):
    """A local time is not a single moment; `why` gives the reason."""

    def __init__(self, why: Unclear) -> None:
        super().__init__(why.value)
        self.why = why


def moment(text: str, zone: str) -> datetime:
    """Return the moment, in UTC, of a local time such as `2026-11-27T23:59`.

    Raises:
        UnclearTimeError: it is malformed, or skipped or repeated by a clock change.
    """
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UnclearTimeError(Unclear.UNREADABLE) from None
    if wall.tzinfo is not None or not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise UnclearTimeError(Unclear.UNREADABLE)
    there = ZoneInfo(zone)
    first, second = (wall.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    comes = first.astimezone(there).replace(tzinfo=None) == wall
    raise UnclearTimeError(Unclear.TWICE if comes else Unclear.SKIPPED)


def shown(at: datetime | None, zone: str) -> str:
    """Return a moment as local time in the format that `moment` reads; empty for None."""
    return "" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def is_zone(name: str) -> bool:
    """Return whether this is the name of an IANA time zone."""
    return name in zones()


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all time zones that are places, and UTC, in alphabetical order."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*sorted(places), "UTC")
