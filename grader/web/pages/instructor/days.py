"""Days and hours on an axis, in the reader's language, in the zone that the moment is in."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from babel.dates import format_skeleton

from grader.web.language import language

SHORT: Mapping[str, str] = MappingProxyType({"en": "MMMd", "vi": "Md"})


def day(moment: datetime) -> str:
    """A day without its year, short enough for an axis: 16 Nov, 16/11."""
    return str(format_skeleton(SHORT[language()], moment, tzinfo=moment.tzinfo, locale=language()))


def hour(moment: datetime) -> str:
    """A day with the time: 16 Nov, 18:00."""
    return f"{day(moment)}, {moment:%H:%M}"
