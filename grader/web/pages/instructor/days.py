"""Days and hours on an axis, in the reader's language, in the zone that the moment is in."""

from datetime import datetime

from babel.dates import format_skeleton

from grader.web.language import language


def day(moment: datetime) -> str:
    """A day without its year: 16 Nov."""
    return str(format_skeleton("MMMd", moment, tzinfo=moment.tzinfo, locale=language()))


def hour(moment: datetime) -> str:
    """A day with the time: 16 Nov, 18:00."""
    return f"{day(moment)}, {moment:%H:%M}"
