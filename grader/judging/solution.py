"""The worked solution: every step of the computation, generated from the graph with numbers inserted."""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.engine.formulas import formula
from grader.engine.notation import Kind, Quantity, label
from grader.judging.exercise import Exercise

DIGITS = 9
"""Significant digits, as in the lecture."""


@dataclass(frozen=True, slots=True)
class SolutionStep:
    """One line of a worked solution.

    Attributes:
        name: the quantity.
        latex: `symbol = formula = formula with numbers = value`, without repetitions.
        asked: whether the student is asked for it.
    """

    name: str
    latex: str
    asked: bool


def worked_solution(exercise: Exercise) -> tuple[SolutionStep, ...]:
    """Return all steps that lead to the asked quantities, in order of computation; empty if nothing is computed."""
    if not exercise.asked:
        return ()
    needed = exercise.graph.needed_for(exercise.asked)
    return tuple(SolutionStep(q.name, _line(exercise, q), q.name in exercise.asked) for q in needed.computed)


def _line(exercise: Exercise, quantity: Quantity) -> str:
    return " = ".join(dict.fromkeys(_sides(exercise, quantity)))


def _sides(exercise: Exercise, quantity: Quantity) -> Iterator[str]:
    graph, network = exercise.graph, exercise.network
    yield label(network, quantity)
    if quantity.rule is not None:
        yield formula(quantity.rule, [label(network, graph[parent]) for parent in quantity.parents])
        if quantity.kind is not Kind.FACTOR:
            yield formula(quantity.rule, [number(float(exercise.reference[p]), inside=True) for p in quantity.parents])
    yield number(float(exercise.reference[quantity.name]))


def number(value: float, *, inside: bool = False) -> str:
    """Format a number as a person would write it; negative ones in parentheses inside a formula."""
    text = f"{value:.{DIGITS}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    return f"({text})" if inside and (value < 0 or "cdot" in text) else text
