"""Formula fields of an exercise: their variables, names and sample points."""

import keyword
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from grader.catalog.format import ExerciseIn, PartIn
from grader.catalog.validation import Complaints, near, not_computed
from grader.engine.cut import following, loose_end
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.network import Network
from grader.engine.notation import Kind, label
from grader.judging.exercise import Exercise, Field, FieldKind, FormulaTask, computed_at
from grader.judging.judge_formulas import CLOSE, SOUND, Interval, default_interval, formula_keys, values_in
from grader.judging.reading.expression import FUNCTIONS
from grader.judging.tolerance import Tolerance


def check_names(raw: ExerciseIn, network: Network, graph: Graph, complaints: Complaints) -> None:
    """Report names in formulas and domain that do not exist or are not allowed there."""
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
    """Return the problems with the names of one formula; empty if it can be asked for."""
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
    """Report formulas that no student could write, or that cannot be distinguished from anything."""
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


def variables_of(raw: ExerciseIn) -> frozenset[str]:
    """Return every variable of every formula."""
    formulas = [part.formulas for part in raw.parts if part.formulas]
    return frozenset(name for asked in formulas for variables in asked.values() for name in variables)


def formula_fields(part: PartIn, network: Network, graph: Graph) -> Iterator[Field]:
    """Yield a field for each formula whose names all exist."""
    formulas = part.formulas or {}
    for name, variables in formulas.items():
        if not strange_names(name, variables, network, graph):
            yield Field(
                name,
                label(network, graph[name]),
                part.points / len(formulas),
                Tolerance(),
                FieldKind.FORMULA,
                tuple(variables),
            )


def formula_task(raw: ExerciseIn, fields: Sequence[Field], network: Network, graph: Graph) -> FormulaTask:
    """Return where the formulas of a part are compared."""
    domain = {name: Interval(*ends) for name, ends in raw.domain.items()}
    return FormulaTask({field.name: _points(field, domain, network, graph) for field in fields})


def _points(field: Field, domain: Mapping[str, Interval], network: Network, graph: Graph) -> dict[str, Array]:
    """Return sample points: drawn for free variables, computed for those that follow from them."""
    bound = following(graph, field.variables)
    drawn = {
        name: values_in(domain.get(name) or default_interval(network, graph[name]), f"{field.name} {name}")
        for name in field.variables
        if name not in bound
    }
    return {name: drawn[name] if name in drawn else computed_at(graph, name, drawn, {}) for name in field.variables}
