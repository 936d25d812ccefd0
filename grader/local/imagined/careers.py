"""How a student fares at one assignment: what kind of work is sent when, until it is right or the student gives up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from grader.checking.policy import DAY
from grader.local.imagined.answers import Work
from grader.local.imagined.assignments import Planned

GROWTH = 0.22
"""How much surer a student is after each attempt."""
MOST = 6
"""Attempts after which an imagined student gives up, where there are as many as one likes."""
WRONG_WORK = (Work.MISTAKE, Work.SLIP, Work.GUESS, Work.ROUGH, Work.UNFINISHED)
WRONG_ODDS = (0.45, 0.2, 0.15, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Student:
    """What an imagined student is like: how able (0 to 1), how early (0: at the opening), and which mistake is a habit."""

    ability: float
    punctuality: float
    habit: int


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt."""

    at: datetime
    work: Work


def imagine_student(chance: np.random.Generator) -> Student:
    """Return one of a class in which most do well, most come late, and a few mistakes are common."""
    habit = int(chance.geometric(0.3)) - 1
    return Student(float(chance.beta(4, 2)), float(chance.beta(3, 1.4)), habit)


def career(planned: Planned, student: Student, now: datetime, chance: np.random.Generator) -> Iterator[Sending]:
    """Give the attempts of a student at an assignment up to now, in order; none of who sends nothing."""
    if chance.random() > planned.share * (0.8 + 0.2 * student.ability):
        return
    opens, ends = planned.opens_at(now), planned.due_at(now)
    at = opens + (ends - opens) * student.punctuality * float(chance.uniform(0.75, 1.08))
    closes = None if planned.policy.late.days is None else ends + planned.policy.late.days * DAY
    sure = student.ability
    for _ in range(planned.policy.attempts or MOST):
        if at > now or (closes is not None and at > closes):
            return
        work = Work.RIGHT if chance.random() < sure**2 else Work(str(chance.choice(WRONG_WORK, p=WRONG_ODDS)))
        yield Sending(at, work)
        if work is Work.RIGHT or chance.random() > student.ability:
            return
        sure = min(1.0, sure + GROWTH)
        at += DAY * float(chance.exponential(0.08))
