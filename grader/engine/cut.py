"""Cutting a graph: some quantities become free variables, which makes what lies before them irrelevant."""

from collections.abc import Collection
from dataclasses import replace

from grader.engine.graph import Graph
from grader.engine.notation import Kind


def cut(graph: Graph, name: str, variables: Collection[str]) -> Graph:
    """Return the graph of one quantity, in which the variables are given instead of computed."""
    free = {q.name: replace(q, kind=Kind.GIVEN, parents=(), rule=None) if q.name in variables else q for q in graph}
    return Graph(free).needed_for([name])


def loose_end(graph: Graph, name: str, variables: Collection[str], values: Collection[str]) -> str | None:
    """Return what prevents a quantity from being a formula in the variables.

    Args:
        graph: all quantities.
        name: the quantity.
        variables: names of the free quantities.
        values: names of the known given values.

    Returns:
        The nearest quantity it depends on that is neither a variable, nor follows from variables, nor is a known value;
        None if there is none.
    """
    below = set(variables)
    for quantity in graph:
        if not below.isdisjoint(quantity.parents):
            below.add(quantity.name)
    seen, waiting = {name}, [name]
    while waiting:
        quantity = graph[waiting.pop(0)]
        if quantity.name in variables:
            continue
        if quantity.name not in (values if quantity.rule is None else below):
            return quantity.name
        waiting += [parent for parent in dict.fromkeys(quantity.parents) if parent not in seen]
        seen.update(quantity.parents)
    return None


def following(graph: Graph, variables: Collection[str]) -> frozenset[str]:
    """Return the variables that are computed from other variables alone, and are therefore not independent."""
    return frozenset(name for name in variables if graph[name].parents and _follows(graph, name, variables))


def _follows(graph: Graph, name: str, variables: Collection[str]) -> bool:
    others = {variable for variable in variables if variable != name}
    return all(leaf in others for leaf in cut(graph, name, others).given)
