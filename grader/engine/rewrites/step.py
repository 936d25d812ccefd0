"""Mistakes in the step: the update of weights and biases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.engine.epoch import PerceptronStep, after
from grader.engine.graph import Graph
from grader.engine.names import AFTER_STEP, Array
from grader.engine.network import Network
from grader.engine.notation import Kind, Quantity
from grader.engine.rewrites.select import of_kind
from grader.engine.rules import Descend


@dataclass(frozen=True, slots=True)
class ScaledDescent:
    """w - factor eta dE/dw, optionally without eta. Parents: w, eta, dE/dw."""

    factor: float
    with_rate: bool = True

    def __call__(self, *parents: Array) -> Array:
        """Return a step of the wrong length or direction."""
        weight, rate, gradient = parents
        return weight - self.factor * (rate if self.with_rate else 1.0) * gradient


def ascent(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Go uphill: w + eta dE/dw."""
    return _descents(graph, -1.0)


def rate_missing(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Use eta = 1: w - dE/dw."""
    return _descents(graph, 1.0, with_rate=False)


def rate_doubled(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Take twice the step: w - 2 eta dE/dw."""
    return _descents(graph, 2.0)


def not_updated(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Return the old weight."""
    return _descents(graph, 0.0)


def bias_trained(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Update a held bias, once for all nodes that share it."""
    if network.trains_biases or not network.learning_rate:
        return
    for bias in network.biases:
        gradient = network.naming.gradient(bias)
        if gradient in graph:
            parents = (bias, network.learning_rate, gradient)
            yield Quantity(network.naming.update(bias), Kind.UPDATE, bias, parents, Descend())
    for quantity in of_kind(graph, Kind.NET):
        if quantity.after_step and quantity.parents[-1] in network.biases:
            updated = network.naming.update(quantity.parents[-1])
            yield replace(quantity, parents=(*quantity.parents[:-1], updated))


def bias_trained_row_by_row(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Update a bias that is held during an epoch after every row."""
    bias = network.outputs[0].bias
    if network.trains_biases or bias is None:
        return
    steps = {q.parents[3]: q for q in graph if isinstance(q.rule, PerceptronStep)}
    for quantity in of_kind(graph, Kind.NET):
        step = steps.get(network.naming.out(quantity.at))
        if step is not None and quantity.parents[-1] == bias:
            row = int(quantity.at)
            before = after(bias, row - 1)
            yield Quantity(after(bias, row), Kind.UPDATE, bias, (before, *step.parents[1:4]), step.rule)
            yield replace(quantity, parents=(*quantity.parents[:-1], before))


def bias_trained_per_node(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Treat a shared, held bias as one bias per node, and update it."""
    shared = len(network.biases) < sum(node.bias is not None for _, node in network.nodes())
    if network.trains_biases or not network.learning_rate or not shared:
        return
    for quantity in of_kind(graph, Kind.NET):
        if quantity.after_step and quantity.parents[-1] in network.biases:
            bias, own = quantity.parents[-1], f"{quantity.parents[-1]}_{quantity.at}{AFTER_STEP}"
            parents = (bias, network.learning_rate, network.naming.delta(quantity.at))
            yield Quantity(own, Kind.UPDATE, bias, parents, Descend())
            yield replace(quantity, parents=(*quantity.parents[:-1], own))


def _descents(graph: Graph, factor: float, *, with_rate: bool = True) -> Iterator[Quantity]:
    """Yield every update with a step of another length or direction, for any update rule."""
    for quantity in of_kind(graph, Kind.UPDATE):
        step = PerceptronStep if isinstance(quantity.rule, PerceptronStep) else ScaledDescent
        yield replace(quantity, rule=step(factor, with_rate))
