"""Exercises made of any network: every computed quantity is asked, each for one point."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.engine.build import build_graph
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.notation import Kind
from grader.judging.answers import Entry, read_answers
from grader.judging.exercise import Exercise, Field, Given, Part
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.tolerance import CHANGE_SHARE, Tolerance
from grader.judging.verdict import DEFAULT_CREDIT
from tests.engine.networks import Declared

OF_CHANGE = Tolerance(0.0, CHANGE_SHARE, of_change=True)


def ask_all(declared: Declared) -> Exercise:
    """The exercise that asks everything that can be computed."""
    graph = build_graph(declared.network)
    fields = tuple(
        Field(q.name, q.name, 1.0, OF_CHANGE if q.kind is Kind.UPDATE else Tolerance()) for q in graph.computed
    )
    givens = tuple(Given(name, name, declared.given[name]) for name in graph.given)
    return Exercise("made", "Made", (Part("all", "All", fields),), givens, declared.network, graph, DEFAULT_CREDIT)


def reference(exercise: Exercise) -> dict[str, float]:
    """The right value of every field."""
    return {name: float(exercise.reference[name]) for name in exercise.field_names}


def consistent(exercise: Exercise, entered: Mapping[str, float]) -> dict[str, float]:
    """Every field as a student computes it who gets some values wrong and goes on from them."""
    quantities = dict(exercise.graph.quantities)
    for name, value in entered.items():
        quantities[name] = replace(quantities[name], rule=Stuck(value))
    values = Graph(quantities).evaluate({given.name: np.asarray(given.value) for given in exercise.givens})
    return {name: float(values[name]) for name in exercise.field_names}


class Stuck:
    """A rule that returns one value for any parents."""

    def __init__(self, value: float) -> None:
        self.value = np.asarray(value)

    def __call__(self, *_parents: Array) -> Array:
        return self.value


def judged(exercise: Exercise, values: Mapping[str, float | str]) -> Report:
    """The report of values; numbers as typed with all their digits."""
    entries = {name: Entry(value if isinstance(value, str) else repr(float(value))) for name, value in values.items()}
    answers = read_answers(exercise, entries)
    assert answers.problems == ()
    return judge(exercise, [answers])[0]
