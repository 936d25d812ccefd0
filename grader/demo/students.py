"""The assignments of a term, how imaginary students work on them, and what they answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from grader.engine.mistakes import MistakeRewrite, single_ways
from grader.judging.answers import Entry
from grader.judging.exercise import Exercise
from grader.judging.policy import DAY, Counting, Late, Policy, Shown

DIGITS = (8, 9, 10)
BLANK_FROM = 0.45
"""Unfinished sheets have at least this share of the fields filled in."""


class WayOfWorking(StrEnum):
    """A way of working."""

    RIGHT = "right"
    SLIP = "slip"  # one wrong value, the rest computed from it
    MISTAKE = "mistake"  # a wrong procedure of the table, all the way through
    ROUGH = "rough"  # too few digits
    GUESS = "guess"  # some unexplained values
    UNFINISHED = "unfinished"  # correct, as far as it goes


def imagine(exercise: Exercise, work: WayOfWorking, habit: int, chance: np.random.Generator) -> dict[str, Entry]:
    """Return imaginary answers to an exercise whose fields are all computed numbers.

    Args:
        exercise: with the student's own given values.
        work: how the student works.
        habit: selects one of the possible mistakes; the same number is the same mistake.
        chance: the random generator.
    """
    digits = 2 if work is WayOfWorking.ROUGH else int(chance.choice(DIGITS))
    texts = {name: f"{value:.{digits}g}" for name, value in _values(exercise, work, habit, chance).items()}
    if work is WayOfWorking.UNFINISHED:
        until = int(len(texts) * chance.uniform(BLANK_FROM, 0.95))
        texts = dict(list(texts.items())[:until])
    if chance.random() < 0.1:  # noqa: PLR2004 - one in ten writes a decimal comma
        texts = {name: text.replace(".", ",") for name, text in texts.items()}
    return {name: Entry(text) for name, text in texts.items()}


def can_imagine(exercise: Exercise) -> bool:
    """Return whether `imagine` can fill in every field."""
    return set(exercise.field_names) == set(exercise.asked)


def _values(exercise: Exercise, work: WayOfWorking, habit: int, chance: np.random.Generator) -> Mapping[str, float]:
    match work:
        case WayOfWorking.MISTAKE:
            ways = single_ways(exercise.network, exercise.graph)
            return _with_mistake(exercise, ways[habit % len(ways)]) if ways else _right(exercise)
        case WayOfWorking.SLIP:
            name = str(chance.choice(exercise.computed_order[: max(1, len(exercise.computed_order) // 4)]))
            return _going_on_from(exercise, name, _slipped(float(exercise.reference[name]), chance))
        case WayOfWorking.GUESS:
            return _guessed(exercise, chance)
        case WayOfWorking.RIGHT | WayOfWorking.ROUGH | WayOfWorking.UNFINISHED:
            return _right(exercise)


def _given(exercise: Exercise) -> dict[str, np.ndarray]:
    return {one.name: np.asarray(one.value) for one in exercise.givens}


def _right(exercise: Exercise) -> dict[str, float]:
    return {name: float(exercise.reference[name]) for name in exercise.field_names}


def _with_mistake(exercise: Exercise, way: MistakeRewrite) -> dict[str, float]:
    values = way.graph.evaluate(_given(exercise))
    return {name: float(values[name]) for name in exercise.field_names}


def _going_on_from(exercise: Exercise, slipped: str, value: float) -> dict[str, float]:
    """Return every field computed from one wrong value."""
    own: dict[str, np.ndarray] = _given(exercise)
    for quantity in exercise.graph.computed:
        if quantity.rule is not None:
            is_slip = quantity.name == slipped
            own[quantity.name] = np.asarray(value) if is_slip else quantity.rule(*(own[p] for p in quantity.parents))
    return {name: float(own[name]) for name in exercise.field_names}


def _slipped(value: float, chance: np.random.Generator) -> float:
    """Return a typing error: a little too much, or too little."""
    return round(value * float(chance.uniform(0.7, 1.4)) + float(chance.choice([-0.01, 0.01])), 6)


def _guessed(exercise: Exercise, chance: np.random.Generator) -> dict[str, float]:
    right = _right(exercise)
    wrong = chance.random(len(right)) < 0.35  # noqa: PLR2004 - about a third
    return {
        name: _slipped(value, chance) if is_wrong else value
        for (name, value), is_wrong in zip(right.items(), wrong, strict=True)
    }


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
