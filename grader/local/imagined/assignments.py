"""What the imagined course is set."""

from dataclasses import dataclass
from datetime import timedelta

from grader.checking.policy import Counting, Late, Policy, Shown


@dataclass(frozen=True, slots=True)
class Planned:
    """One assignment; its times are as far from now as said.

    Attributes:
        share: of the students, who send something at all.
    """

    slug: str
    opens: timedelta
    due: timedelta
    policy: Policy
    share: float


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
