"""Helpers of rewrites: selection of quantities, and their replacements."""

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
"""From a network and its graph to the quantities that are computed differently; empty if the mistake is impossible."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A rule's value times a factor: a half left out, a mean instead of a sum, a wrong sign."""

    rule: Rule
    factor: float

    def __call__(self, *parents: Array) -> Array:
        """Return the factor times the rule's value."""
        return np.asarray(self.factor * self.rule(*parents))


def of_kind(graph: Graph, *kinds: Kind) -> Iterator[Quantity]:
    """Yield the quantities of some kinds."""
    return (quantity for quantity in graph if quantity.kind in kinds)


def scaled(quantities: Iterable[Quantity], factor: float) -> Iterator[Quantity]:
    """Yield errors and their slopes, times a factor."""
    for quantity in quantities:
        if isinstance(quantity.rule, NodeError | LossSlope | Scaled | Difference):
            yield replace(quantity, rule=Scaled(quantity.rule, factor))


def first_pass(quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    """Yield those that belong to the pass before the step."""
    return (quantity for quantity in quantities if not quantity.after_step)


def output(network: Network, quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    """Yield those of output nodes."""
    names = {node.name for node in network.outputs}
    return (quantity for quantity in quantities if quantity.at in names)


def hidden(network: Network, quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    """Yield those of hidden nodes."""
    names = {node.name for node in network.outputs}
    return (quantity for quantity in quantities if quantity.at not in names)


def input_twins(network: Network) -> dict[str, str]:
    """Return outputs of hidden layers that are as wide as the input, each with the opposite input."""
    return {
        network.naming.out(node.name): network.inputs[k]
        for layer in network.layers[:-1]
        if len(layer.nodes) == len(network.inputs)
        for k, node in enumerate(layer.nodes)
    }


def is_square(layer: Layer, above: Layer) -> bool:
    """Return whether the full matrix between two layers is square."""
    return len(layer.nodes) == len(above.nodes) and all(len(n.edges) == len(layer.nodes) for n in above.nodes)


def put(parents: tuple[str, ...], start: int, names: Iterable[str]) -> tuple[str, ...]:
    """Replace every second parent by the names."""
    changed = list(parents)
    for k, name in enumerate(names):
        changed[start + 2 * k] = name
    return tuple(changed)
