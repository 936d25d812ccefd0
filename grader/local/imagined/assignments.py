"""What the imagined course is set."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from grader.checking.policy import Counting, Late, Policy, Shown

ZONE = "Asia/Ho_Chi_Minh"
"""Where the imagined course is given."""

MORNING, MIDNIGHT = time(8), time(23, 59)


@dataclass(frozen=True, slots=True)
class Planned:
    """One assignment; its days are as far from today as said.

    Attributes:
        share: of the students, who send something at all.
    """

    slug: str
    opens: timedelta
    due: timedelta
    policy: Policy
    share: float

    def opens_at(self, now: datetime) -> datetime:
        """Return the morning of the day on which it opens."""
        return _on(now + self.opens, MORNING)

    def due_at(self, now: datetime) -> datetime:
        """Return the end of the day on which it is due."""
        return _on(now + self.due, MIDNIGHT)


def _on(day: datetime, at: time) -> datetime:
    return datetime.combine(day.astimezone(ZoneInfo(ZONE)), at, ZoneInfo(ZONE))


def _days(days: float) -> timedelta:
    return timedelta(days=days)


PLANNED = (
    Planned("and-gate", _days(-42), _days(-35), Policy(late=Late(0.1, 0.5, 7)), 0.97),
    Planned("step-network-forward", _days(-35), _days(-28), Policy(attempts=5, late=Late(0.1, 0.5, 7)), 0.94),
    Planned("activations", _days(-28), _days(-20), Policy(attempts=3, counting=Counting.LAST), 0.9),
    Planned("and-gate-training", _days(-20), _days(-9), Policy(late=Late(0.2, 1.0, None), points=10), 0.87),
    Planned("backprop-2-2-2", _days(-8), _days(4), Policy(attempts=5, late=Late(0.1, 0.5, 3), points=20), 0.82),
    Planned("xor-2-2-1", _days(-2), _days(11), Policy(attempts=3, marks=Shown.AT_ONCE), 0.25),
    Planned("delta-rule", _days(6), _days(20), Policy(attempts=5, mistakes=Shown.AFTER_LAST), 0.0),
)
