"""The minutes in which things open and are due: whole, as people read them on a clock.

What is due at 23:59 is in time at 23:59:59.999; what opens at 8:00 opens as that minute begins. Times that were stored
with seconds are read as their minute, since nobody is shown the seconds.
"""

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


def start_of_minute(moment: datetime) -> datetime:
    """Return the first instant of the minute that a clock shows."""
    return moment.replace(second=0, microsecond=0)


def end_of_minute(moment: datetime) -> datetime:
    """Return the first instant after the minute that a clock shows: what is due at 23:59 is in time until 23:59:59."""
    return start_of_minute(moment) + MINUTE


def is_past(moment: datetime | None, now: datetime) -> bool:
    """Tell whether the minute of a moment has ended; it never does where there is none."""
    return moment is not None and now >= end_of_minute(moment)
