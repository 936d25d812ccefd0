"""Answers of an imaginary student with a certain way of working."""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np

from grader.engine.mistakes import MistakeRewrite, single_ways
from grader.judging.answers import Entry
from grader.judging.exercise import Exercise

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
