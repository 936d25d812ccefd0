"""What rewrites share: which quantities they take, and what they put in their place."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.network import Layer, Network
from grader.engine.notation import Kind, Quantity, Rule
from grader.engine.rules import Difference, LossSlope, NodeError

Rewrite: TypeAlias = Callable[[Network, Graph], Iterator[Quantity]]
"""From a network and a graph of it to the quantities that are computed otherwise; none where it can't happen."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A rule's value times a factor: a half left out, a mean for a sum, a sign turned."""

    rule: Rule
    factor: float

    def __call__(self, *parents: Array) -> Array:
        """The factor times what the rule gives."""
        return np.asarray(self.factor * self.rule(*parents))


def of_kind(graph: Graph, *kinds: Kind) -> Iterator[Quantity]:
    """The quantities of some kinds."""
    return (quantity for quantity in graph if quantity.kind in kinds)


def scaled(quantities: Iterable[Quantity], factor: float) -> Iterator[Quantity]:
    """Errors and their slopes, times a factor."""
    for quantity in quantities:
        if isinstance(quantity.rule, NodeError | LossSlope | Scaled | Difference):
            yield replace(quantity, rule=Scaled(quantity.rule, factor))


def first_pass(quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    """Those that belong to the pass before the step."""
    return (quantity for quantity in quantities if not quantity.after_step)


def output(network: Network, quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    """Those of output nodes."""
    names = {node.name for node in network.outputs}
    return (quantity for quantity in quantities if quantity.at in names)


def hidden(network: Network, quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    """Those of hidden nodes."""
    names = {node.name for node in network.outputs}
    return (quantity for quantity in quantities if quantity.at not in names)


def input_twins(network: Network) -> dict[str, str]:
    """Outputs of hidden layers that are as wide as the input, each with the input across from it."""
    return {
        network.naming.out(node.name): network.inputs[k]
        for layer in network.layers[:-1]
        if len(layer.nodes) == len(network.inputs)
        for k, node in enumerate(layer.nodes)
    }


def is_square(layer: Layer, above: Layer) -> bool:
    """Whether the full matrix between two layers is square."""
    return len(layer.nodes) == len(above.nodes) and all(len(n.edges) == len(layer.nodes) for n in above.nodes)


def put(parents: tuple[str, ...], start: int, names: Iterable[str]) -> tuple[str, ...]:
    """Put names in every second place."""
    changed = list(parents)
    for k, name in enumerate(names):
        changed[start + 2 * k] = name
    return tuple(changed)
