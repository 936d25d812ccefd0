"""Which steps of a sheet were done rightly, whatever they go on from, and with how many digits they were typed."""

from collections.abc import Mapping

import numpy as np

from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.judging.exercise import Exercise
from grader.judging.reading.numbers import Number
from tests.fairness.chain import Texts
from tests.fairness.judged import read_sheet

RIGHT, SHORT, WRONG = "1", "2", "3"
"""A right step with the digits asked for, one with fewer, and a step done otherwise: the worse, the larger."""

LAST_BIT = 1e-9
"""Computing in another order moves a value by no more than this share of it."""


def steps_in(exercise: Exercise, whole: Texts, shown: Texts) -> dict[str, str]:
    """Tell how each value that is shown was reached from the ones before it that are shown as well.

    Args:
        exercise: the exercise.
        whole: everything that was written on paper.
        shown: the part of it that was typed; a wrong step that is not shown makes the next one wrong.
    """
    numbers = read_sheet(exercise, whole).numbers
    asked = dict(zip(exercise.computed_order, exercise.digits_asked.tolist(), strict=True))
    expected = _expected(exercise, numbers)
    done = {name: _done(number, asked[name], expected[name]) for name, number in numbers.items() if name in asked}
    hidden = _hidden(exercise.graph, done, shown)
    return {name: max(how, hidden.get(name, RIGHT)) for name, how in done.items() if name in shown}


def _expected(exercise: Exercise, numbers: Mapping[str, Number]) -> dict[str, float]:
    """Return what the rule gives for each quantity from the values before it, as they were written."""
    values: dict[str, Array] = {given.name: np.asarray(given.value) for given in exercise.givens}
    expected = {}
    with np.errstate(all="ignore"):
        for quantity in exercise.graph.computed:
            found = quantity.rule(*(values[parent] for parent in quantity.parents)) if quantity.rule else np.nan
            expected[quantity.name] = float(found)
            typed = numbers.get(quantity.name)
            values[quantity.name] = np.asarray(found if typed is None else typed.value)
    return expected


def _done(number: Number, digits: float, expected: float) -> str:
    off, last_bit = abs(number.value - expected), LAST_BIT * abs(expected)
    if off > 1.001 * number.half_unit + last_bit:
        return WRONG
    return RIGHT if number.digits >= digits or off <= last_bit else SHORT


def _hidden(graph: Graph, done: Mapping[str, str], shown: Texts) -> dict[str, str]:
    """Return for each quantity the worst that was done before it and is not shown."""
    found: dict[str, str] = {}
    for quantity in graph.computed:
        blank = [parent for parent in quantity.parents if parent not in shown]
        before = [max(done.get(parent, RIGHT), found.get(parent, RIGHT)) for parent in blank]
        found[quantity.name] = max(before, default=RIGHT)
    return found
