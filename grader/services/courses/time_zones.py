"""Times as people say them: what a clock on the wall shows, in a time zone."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FIRST_YEAR, LAST_YEAR = 1901, 9000
"""Beyond, other zones have no such time, and late work could be taken, or an axis could reach, beyond the last year that there is."""


class Unclear(StrEnum):
    """Why a wall clock's time is no moment."""

    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    TWICE = "twice"


class UnclearTimeError(ValueError):
    """What was said is no moment; `why` tells why."""

    def __init__(self, why: Unclear) -> None:
        super().__init__(why.value)
        self.why = why


def moment(text: str, zone: str) -> datetime:
    """Return the moment, in UTC, at which a clock on a wall in the zone shows this: `2026-11-27T23:59`.

    Raises:
        UnclearTimeError: it is no such time, or it never comes there, or comes twice (as clocks are put on and back).
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
    """Return what a clock on a wall in the zone shows at a moment, as `moment` reads it; nothing for no moment."""
    return "" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def is_zone(name: str) -> bool:
    """Tell whether there is a time zone of this name in the IANA's table."""
    return name in zones()


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all time zones that are places, and UTC, by the alphabet."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*sorted(places), "UTC")
