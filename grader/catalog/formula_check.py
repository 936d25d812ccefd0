"""The check of formulas that are asked: names that are not there, and what nobody could answer."""

import keyword
from collections.abc import Iterator, Sequence

import numpy as np

from grader.catalog.absent import near, not_computed
from grader.catalog.format import ExerciseIn
from grader.catalog.problems import Complaints
from grader.checking.exercise import Exercise
from grader.checking.expression import FUNCTIONS
from grader.checking.formula_key import CLOSE, SOUND
from grader.checking.formulas import formula_keys
from grader.engine.cut import following, loose_end
from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.quantities import Kind


def check_names(raw: ExerciseIn, network: Network, graph: Graph, complaints: Complaints) -> None:
    """Names in formulas and domain that are not there, or can't stand where they do."""
    free: set[str] = set()
    for k, part in enumerate(raw.parts):
        for name, variables in (part.formulas or {}).items():
            reasons = strange_names(name, variables, network, graph)
            for reason in reasons:
                complaints.add(f"parts.{k}.formulas.{name}", reason)
            if not reasons:
                free |= {*variables} - following(graph, variables)
    for name in sorted(raw.domain.keys() - free):
        complaints.add(f"domain.{name}", f"is no free variable of a formula{near(name, sorted(free))}")


def strange_names(name: str, variables: Sequence[str], network: Network, graph: Graph) -> list[str]:
    """What is wrong with the names of one formula; nothing where it can be asked."""
    return [
        *_strange_quantity(name, variables, network, graph),
        *(reason for variable in dict.fromkeys(variables) for reason in _strange_variable(variable, variables, graph)),
    ]


def _strange_quantity(name: str, variables: Sequence[str], network: Network, graph: Graph) -> Iterator[str]:
    if name not in graph:
        yield not_computed(name, network, graph)
    elif graph[name].kind is Kind.GIVEN:
        yield f"{name} is a given value; only what is computed can be asked"
    if name in variables:
        yield f"{name} can't be a variable of its own formula"


def _strange_variable(variable: str, variables: Sequence[str], graph: Graph) -> Iterator[str]:
    if variables.count(variable) > 1:
        yield f"the variable {variable} is named twice"
    if variable not in graph:
        yield f"there is no {variable} in this network{near(variable, list(graph.quantities))}"
    if keyword.iskeyword(variable) or variable.lower() in FUNCTIONS:
        yield f"{variable} can't be a variable: in a formula the word means something else"


def check_formulas(raw: ExerciseIn, exercise: Exercise, complaints: Complaints) -> None:
    """Formulas that no student could write, or that nothing could be told apart from."""
    places = {name: k for k, part in enumerate(raw.parts) for name in part.formulas or ()}
    given = [given.name for given in exercise.givens]
    for name, key in formula_keys(exercise).items():
        place = f"parts.{places[name]}.formulas.{name}"
        end = loose_end(exercise.graph, name, key.points, given)
        if end is not None:
            complaints.add(place, _loose(name, end, exercise.graph))
        elif np.isfinite(key.right).mean() < SOUND:
            complaints.add(place, "has no value at most points of its domain: set [domain]")
        elif np.ptp(found := key.right[np.isfinite(key.right)]) <= CLOSE * np.abs(found).max():
            complaints.add(place, f"is {found[0]:.6g} at every point of its domain, whatever its variables are")


def _loose(name: str, end: str, graph: Graph) -> str:
    if end == name:
        return f"{name} depends on none of its variables"
    if graph[end].kind is Kind.GIVEN:
        return f"{name} rests on {end}, which is neither a variable nor a given value: make it one of them"
    return f"{name} rests on {end}, which is no variable and follows from none: make it one, or what it follows from"
