"""Numbers and moments as the templates write them, in the reader's language."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from grader.web.auth import visitor
from grader.web.language import language

DECIMAL: Mapping[str, str] = MappingProxyType({"en": ".", "vi": ","})
MOMENT: Mapping[str, str] = MappingProxyType({"en": "dd MMM y, HH:mm", "vi": "HH:mm, dd/MM/y"})


def decimal(number: str) -> str:
    """A number that Python wrote, as the reader's language writes it: 0.05 or 0,05, and a true minus sign."""
    return number.replace("-", "\N{MINUS SIGN}").replace(".", DECIMAL[language()])


def mark(points: float) -> str:
    """Points without the noise of floats: 16.5, 20, 0.33."""
    return decimal(f"{round(points, 2):g}" if abs(points) < 1e5 else f"{points:.0f}")  # noqa: PLR2004 - where :g would turn to 1e+05


def given(value: float) -> str:
    """A given value as the exercise says it: 0.05, -1, 4."""
    return decimal(f"{value:.10g}")


def clock(moment: datetime) -> str:
    """A moment in the time zone that the reader has chosen, else in UTC; a script shows it in the browser's own."""
    spoken, user = language(), visitor()
    there = moment.astimezone(ZoneInfo(user.time_zone) if user and user.time_zone else UTC)
    return f"{format_datetime(there, MOMENT[spoken], locale=spoken)} {there:%Z}"


def exactly(value: float) -> str:
    """A right value for whoever checks it: twelve significant digits."""
    return decimal(f"{value:.12g}")


def computed(value: float) -> str:
    """A value that came out of a computation: six significant digits."""
    return decimal(f"{value:.6g}")
