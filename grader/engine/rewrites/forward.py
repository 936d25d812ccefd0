"""Mistakes in the forward pass."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from grader.engine.activations import ACTIVATIONS
from grader.engine.graph import Graph
from grader.engine.names import AFTER_STEP, Array
from grader.engine.network import Network
from grader.engine.notation import Kind, Quantity
from grader.engine.rewrites.select import Rewrite, input_twins, of_kind, put
from grader.engine.rules import Activate, Same, Share, SlopeOfNet, SlopeOfOutput, Sum, WeightedSum


@dataclass(frozen=True, slots=True)
class OpenThreshold:
    """`high` if net > 0, else `low`: the threshold itself on the wrong side. Parent: net."""

    low: float
    high: float

    def __call__(self, *parents: Array) -> Array:
        """0 (or -1) at 0."""
        return np.where(parents[0] > 0, self.high, self.low)


@dataclass(frozen=True, slots=True)
class BiasSubtracted:
    """w1 x1 + w2 x2 + … - b. Parents: w1, x1, w2, x2, …, then b."""

    terms: int

    def __call__(self, *parents: Array) -> Array:
        """Return the sum with the bias on the wrong side, like a threshold."""
        return WeightedSum(self.terms)(*parents[:-1], -parents[-1])


@dataclass(frozen=True, slots=True)
class ShareOfNets:
    """net / (sum of nets): softmax without exponentials. Parents: all nets of the layer."""

    index: int

    def __call__(self, *parents: Array) -> Array:
        """Return the share of node `index`."""
        return parents[self.index] / Sum()(*parents)


def forward_transposed(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Sum net inputs with columns of the matrix instead of its rows, if it is square."""
    for depth, layer in enumerate(network.layers):
        sources = network.inputs if depth == 0 else tuple(node.name for node in network.layers[depth - 1].nodes)
        if not all(len(node.edges) == len(sources) == len(layer.nodes) for node in layer.nodes):
            continue
        for quantity in of_kind(graph, Kind.NET):
            k = next((k for k, node in enumerate(layer.nodes) if node.name == quantity.at), None)
            if k is not None:
                column = [node.edges[k].weight for node in layer.nodes]
                wanted = [network.naming.update(weight) if quantity.after_step else weight for weight in column]
                yield replace(quantity, parents=put(quantity.parents, 0, wanted))


def bias_missing(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Leave the bias out of net inputs."""
    for quantity, terms in _with_bias(graph):
        yield replace(quantity, parents=quantity.parents[: 2 * terms])


def bias_subtracted(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Subtract the bias from net inputs."""
    for quantity, terms in _with_bias(graph):
        yield replace(quantity, rule=BiasSubtracted(terms))


def _with_bias(graph: Graph) -> Iterator[tuple[Quantity, int]]:
    """Yield the net inputs with a bias, each with the number of its other terms."""
    for quantity in of_kind(graph, Kind.NET):
        rule = quantity.rule
        if isinstance(rule, WeightedSum) and len(quantity.parents) > 2 * rule.terms:
            yield quantity, rule.terms


def activation_missing(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Send the net input on unchanged."""
    for quantity in of_kind(graph, Kind.ACTIVATION):
        rule = quantity.rule
        if isinstance(rule, Activate) and rule.activation != "identity":
            yield replace(quantity, rule=Same())


def activation_for(wrong: str, right: str) -> Rewrite:
    """Use a different activation function, with its derivative."""

    def rewrite(_: Network, graph: Graph) -> Iterator[Quantity]:
        for quantity in of_kind(graph, Kind.ACTIVATION, Kind.SLOPE):
            rule = quantity.rule
            if isinstance(rule, Activate | SlopeOfOutput | SlopeOfNet) and rule.activation == right:
                yield replace(quantity, rule=replace(rule, activation=wrong))

    return rewrite


def softmax_unnormalised(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Divide the nets of a softmax layer by their sum, without exponentials."""
    for quantity in of_kind(graph, Kind.ACTIVATION):
        if isinstance(quantity.rule, Share):
            yield replace(quantity, rule=ShareOfNets(quantity.rule.index))


def step_zero_at_zero(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Use the lower value at the threshold itself."""
    for quantity in of_kind(graph, Kind.ACTIVATION):
        rule = quantity.rule
        if isinstance(rule, Activate) and rule.activation in {"step", "sign"}:
            row = ACTIVATIONS[rule.activation]
            yield replace(quantity, rule=OpenThreshold(row.low, row.high))


def net_for_out(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Use a node's net input wherever its output is needed."""
    twins = {
        network.naming.out(node.name) + suffix: network.naming.net(node.name) + suffix
        for _, node in network.nodes()
        for suffix in ("", AFTER_STEP)
    }
    for quantity in of_kind(graph, Kind.NET, Kind.ERROR, Kind.ERROR_SLOPE, Kind.FACTOR):
        if any(parent in twins for parent in quantity.parents):
            yield replace(quantity, parents=tuple(twins.get(parent, parent) for parent in quantity.parents))


def input_for_activation_forward(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Feed a later layer with the network's input instead of the activations."""
    twins = input_twins(network) | {
        out + AFTER_STEP: source for out, source in input_twins(network).items() if network.learning_rate
    }
    for quantity in of_kind(graph, Kind.NET):
        if any(parent in twins for parent in quantity.parents):
            yield replace(quantity, parents=tuple(twins.get(parent, parent) for parent in quantity.parents))
