"""Parts that ask for formulas: what exercise.toml says of them."""

from collections.abc import Iterator, Mapping, Sequence

from grader.catalog.format import ExerciseIn, PartIn
from grader.catalog.formula_check import strange_names
from grader.checking.domain import Interval, usual, values_in
from grader.checking.exercise import Field, FieldKind
from grader.checking.formula_task import FormulaTask, computed_at
from grader.checking.tolerance import Tolerance
from grader.engine.arrays import Array
from grader.engine.cut import following
from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.notation import label


def variables_of(raw: ExerciseIn) -> frozenset[str]:
    """Every variable of every formula."""
    formulas = [part.formulas for part in raw.parts if part.formulas]
    return frozenset(name for asked in formulas for variables in asked.values() for name in variables)


def formula_fields(part: PartIn, network: Network, graph: Graph) -> Iterator[Field]:
    """A field per formula whose names are all there."""
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
    """Where the formulas of a part are compared."""
    domain = {name: Interval(*ends) for name, ends in raw.domain.items()}
    return FormulaTask({field.name: _points(field, domain, network, graph) for field in fields})


def _points(field: Field, domain: Mapping[str, Interval], network: Network, graph: Graph) -> dict[str, Array]:
    """Drawn for the variables that are free, computed for those that follow from them."""
    bound = following(graph, field.variables)
    drawn = {
        name: values_in(domain.get(name) or usual(network, graph[name]), f"{field.name} {name}")
        for name in field.variables
        if name not in bound
    }
    return {name: drawn[name] if name in drawn else computed_at(graph, name, drawn, {}) for name in field.variables}
