"""The assignments of a term, and how imaginary students work on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from grader.demo.answers import WayOfWorking
from grader.judging.policy import DAY, Counting, Late, Policy, Shown

ZONE = "Asia/Ho_Chi_Minh"
"""The time zone of the imaginary course."""

MORNING, MIDNIGHT = time(8), time(23, 59)


@dataclass(frozen=True, slots=True)
class ImaginedAssignment:
    """One assignment; its days are relative to today.

    Attributes:
        share: of the students who submit anything.
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


IMAGINED_ASSIGNMENTS = (
    ImaginedAssignment("and-gate", _days(-42), _days(-35), Policy(late=Late(0.1, 0.5, 7)), 0.97),
    ImaginedAssignment(
        "step-network-forward", _days(-35), _days(-28), Policy(attempts=5, late=Late(0.1, 0.5, 7)), 0.94
    ),
    ImaginedAssignment("activations", _days(-28), _days(-20), Policy(attempts=3, counting=Counting.LAST), 0.9),
    ImaginedAssignment("and-gate-training", _days(-20), _days(-9), Policy(late=Late(0.2, 1.0, None), points=10), 0.87),
    ImaginedAssignment(
        "backprop-2-2-2", _days(-8), _days(4), Policy(attempts=5, late=Late(0.1, 0.5, 3), points=20), 0.82
    ),
    ImaginedAssignment("xor-2-2-1", _days(-2), _days(11), Policy(attempts=3, marks=Shown.AT_ONCE), 0.25),
    ImaginedAssignment("delta-rule", _days(6), _days(20), Policy(attempts=5, mistakes=Shown.AFTER_LAST), 0.0),
)


GROWTH = 0.22
"""The improvement of a student after each attempt."""
MOST = 6
"""Attempts after which an imaginary student gives up, if attempts are unlimited."""
WRONG_WORK = (WayOfWorking.MISTAKE, WayOfWorking.SLIP, WayOfWorking.GUESS, WayOfWorking.ROUGH, WayOfWorking.UNFINISHED)
WRONG_ODDS = (0.45, 0.2, 0.15, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class ImaginedStudent:
    """The traits of an imaginary student: ability (0 to 1), delay (0: right at the opening), and a habitual mistake."""

    ability: float
    punctuality: float
    habit: int


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt."""

    at: datetime
    work: WayOfWorking


def imagine_student(chance: np.random.Generator) -> ImaginedStudent:
    """Return one of a class in which most do well, most are late, and a few mistakes are common."""
    habit = int(chance.geometric(0.3)) - 1
    return ImaginedStudent(float(chance.beta(4, 2)), float(chance.beta(3, 1.4)), habit)


def career(
    planned: ImaginedAssignment, student: ImaginedStudent, now: datetime, chance: np.random.Generator
) -> Iterator[Sending]:
    """Yield a student's attempts at an assignment up to now, in order; none for a student who submits nothing."""
    if chance.random() > planned.share * (0.8 + 0.2 * student.ability):
        return
    opens, ends = planned.opens_at(now), planned.due_at(now)
    at = opens + (ends - opens) * student.punctuality * float(chance.uniform(0.75, 1.08))
    closes = None if planned.policy.late.days is None else ends + planned.policy.late.days * DAY
    sure = student.ability
    for _ in range(planned.policy.attempts or MOST):
        if at > now or (closes is not None and at > closes):
            return
        work = (
            WayOfWorking.RIGHT
            if chance.random() < sure**2
            else WayOfWorking(str(chance.choice(WRONG_WORK, p=WRONG_ODDS)))
        )
        yield Sending(at, work)
        if work is WayOfWorking.RIGHT or chance.random() > student.ability:
            return
        sure = min(1.0, sure + GROWTH)
        at += DAY * float(chance.exponential(0.08))
