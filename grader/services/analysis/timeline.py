"""When a class sends."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MOST = 30
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = (HOUR / 4, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY)


@dataclass(frozen=True, slots=True)
class Span:
    """How many were sent from `start`, up to but without `end`."""

    start: datetime
    end: datetime
    count: int


def timeline(sent_at: Sequence[datetime], end: datetime, zone: ZoneInfo) -> tuple[Span, ...]:
    """Count by spans of equal length, the first of which begins with a day; none where nothing was sent.

    Args:
        sent_at: moments, in any order.
        end: what must still be shown, such as the due time.
        zone: whose days they are.
    """
    if not sent_at:
        return ()
    ordered = sorted(sent_at)
    last = max(ordered[-1], end)
    begin = ordered[0].astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    step = next((step for step in STEPS if (last - begin) / step < MOST), (last - begin) / (MOST - 1))
    spans: list[Span] = []
    start, passed = begin, 0
    while start <= last:
        reached = bisect_left(ordered, start + step)
        spans.append(Span(start, start + step, reached - passed))
        start, passed = start + step, reached
    return tuple(spans)
