"""Wrong procedures as rewrites of the graph: each yields the quantities that it computes otherwise.

A rewrite reads the graph it is given, not the network's original one, so that two of them can be put one
after the other.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from grader.engine.activations import ACTIVATIONS, SOFTMAX, THRESHOLD_SLACK
from grader.engine.arrays import Array
from grader.engine.build import output_of
from grader.engine.graph import Graph
from grader.engine.names import AFTER_STEP
from grader.engine.network import Layer, Network
from grader.engine.quantities import Kind, Quantity, Rule
from grader.engine.rules import (
    Activate,
    Descend,
    Difference,
    LossSlope,
    Mean,
    NodeError,
    Same,
    SlopeOfNet,
    SlopeOfOutput,
    Sum,
    WeightedSum,
)

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


@dataclass(frozen=True, slots=True)
class ScaledDescent:
    """w - factor eta dE/dw, with eta left out on request. Parents: w, eta, dE/dw."""

    factor: float
    with_rate: bool = True

    def __call__(self, *parents: Array) -> Array:
        """A step of the wrong length or direction."""
        weight, rate, gradient = parents
        return weight - self.factor * (rate if self.with_rate else 1.0) * gradient


@dataclass(frozen=True, slots=True)
class OpenThreshold:
    """`high` where net > 0, else `low`: the threshold itself on the wrong side. Parent: net."""

    low: float
    high: float

    def __call__(self, *parents: Array) -> Array:
        """0 (or -1) at 0."""
        return np.where(parents[0] > THRESHOLD_SLACK, self.high, self.low)


def of_kind(graph: Graph, *kinds: Kind) -> Iterator[Quantity]:
    """The quantities of some kinds."""
    return (quantity for quantity in graph if quantity.kind in kinds)


def stale_weights(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Hidden errors are summed through weights that were updated already."""
    for quantity in _hidden(network, of_kind(graph, Kind.ERROR_SLOPE)):
        updated = {w: network.naming.update(w) for w in network.weights if network.naming.update(w) in graph}
        yield replace(quantity, parents=tuple(updated.get(parent, parent) for parent in quantity.parents))


def output_derivative_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The node delta of an output is dE/dout alone."""
    for quantity in _output(network, of_kind(graph, Kind.DELTA)):
        if network.layers[-1].activation != SOFTMAX:
            yield replace(quantity, parents=(network.naming.error_slope(quantity.at),), rule=Same())


def hidden_derivative_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The node delta of a hidden node is the summed error alone."""
    for quantity in _hidden(network, of_kind(graph, Kind.DELTA)):
        yield replace(quantity, parents=(network.naming.error_slope(quantity.at),), rule=Same())


def derivative_at_output(network: Network, graph: Graph) -> Iterator[Quantity]:
    """f'(out) instead of f'(net)."""
    for quantity in of_kind(graph, Kind.SLOPE):
        rule = quantity.rule
        if isinstance(rule, SlopeOfOutput | SlopeOfNet) and rule.activation != SOFTMAX:
            parents = (output_of(network, quantity.at),)
            yield replace(quantity, parents=parents, rule=SlopeOfNet(rule.activation))


def half_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """(target - out)^2 for the error, and twice the gradient with it."""
    if network.loss == "half-squared":
        yield from _scaled(_first_pass(of_kind(graph, Kind.ERROR)), 2.0)
        yield from _scaled(_output(network, of_kind(graph, Kind.ERROR_SLOPE)), 2.0)
        yield from _scaled((q for q in of_kind(graph, Kind.ERROR) if q.after_step), 2.0)


def error_sign(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Target minus out where out minus target is meant."""
    yield from _scaled(_output(network, of_kind(graph, Kind.ERROR_SLOPE)), -1.0)
    yield from _scaled((q for q in of_kind(graph, Kind.DELTA) if isinstance(q.rule, Difference)), -1.0)


def delta_sign(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The sign is lost on the way from dE/dout to the node delta of an output."""
    for quantity in _output(network, of_kind(graph, Kind.DELTA)):
        if quantity.rule is not None:
            yield replace(quantity, rule=Scaled(quantity.rule, -1.0))


def mean_for_sum(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The mean of the outputs' errors for their sum, and the gradient divided with it."""
    count = len(network.outputs)
    if count > 1:
        for quantity in of_kind(graph, Kind.TOTAL_ERROR):
            if isinstance(quantity.rule, Sum):
                yield replace(quantity, rule=Mean())
        for quantity in _output(network, of_kind(graph, Kind.ERROR_SLOPE)):
            if network.loss == "half-squared":
                yield replace(quantity, rule=Scaled(quantity.rule or Same(), 1.0 / count))


def ascent(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Uphill: w + eta dE/dw."""
    return _descents(graph, ScaledDescent(-1.0))


def rate_missing(_: Network, graph: Graph) -> Iterator[Quantity]:
    """As if eta were 1: w - dE/dw."""
    return _descents(graph, ScaledDescent(1.0, with_rate=False))


def rate_doubled(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Twice the step: w - 2 eta dE/dw."""
    return _descents(graph, ScaledDescent(2.0))


def not_updated(_: Network, graph: Graph) -> Iterator[Quantity]:
    """The old weight again."""
    return _descents(graph, ScaledDescent(0.0))


def bias_missing(_: Network, graph: Graph) -> Iterator[Quantity]:
    """Net inputs without their bias."""
    for quantity in of_kind(graph, Kind.NET):
        rule = quantity.rule
        if isinstance(rule, WeightedSum) and len(quantity.parents) > 2 * rule.terms:
            yield replace(quantity, parents=quantity.parents[: 2 * rule.terms])


def bias_trained(network: Network, graph: Graph) -> Iterator[Quantity]:
    """A bias that is held is updated all the same, once for all nodes that share it."""
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


def bias_trained_per_node(network: Network, graph: Graph) -> Iterator[Quantity]:
    """A shared bias that is held is taken as one bias per node, and updated."""
    shared = len(network.biases) < sum(node.bias is not None for _, node in network.nodes())
    if network.trains_biases or not network.learning_rate or not shared:
        return
    for quantity in of_kind(graph, Kind.NET):
        if quantity.after_step and quantity.parents[-1] in network.biases:
            bias, own = quantity.parents[-1], f"{quantity.parents[-1]}_{quantity.at}{AFTER_STEP}"
            parents = (bias, network.learning_rate, network.naming.delta(quantity.at))
            yield Quantity(own, Kind.UPDATE, bias, parents, Descend())
            yield replace(quantity, parents=(*quantity.parents[:-1], own))


def input_for_activation(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The gradient of a later weight is multiplied by the network's input instead of the activation."""
    twins = _input_twins(network)
    for quantity in of_kind(graph, Kind.FACTOR):
        if quantity.parents[0] in twins:
            yield replace(quantity, parents=(twins[quantity.parents[0]],))


def input_for_activation_forward(network: Network, graph: Graph) -> Iterator[Quantity]:
    """A later layer is fed with the network's input instead of the activations."""
    twins = _input_twins(network) | {
        out + AFTER_STEP: source for out, source in _input_twins(network).items() if network.learning_rate
    }
    for quantity in of_kind(graph, Kind.NET):
        if any(parent in twins for parent in quantity.parents):
            yield replace(quantity, parents=tuple(twins.get(parent, parent) for parent in quantity.parents))


def activation_missing(_: Network, graph: Graph) -> Iterator[Quantity]:
    """The net input is sent on as it is."""
    for quantity in of_kind(graph, Kind.ACTIVATION):
        rule = quantity.rule
        if isinstance(rule, Activate) and rule.activation != "identity":
            yield replace(quantity, rule=Same())


def net_for_out(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Whatever is to take a node's output takes its net input."""
    twins = {
        network.naming.out(node.name) + suffix: network.naming.net(node.name) + suffix
        for _, node in network.nodes()
        for suffix in ("", AFTER_STEP)
    }
    for quantity in of_kind(graph, Kind.NET, Kind.ERROR, Kind.ERROR_SLOPE, Kind.FACTOR):
        if any(parent in twins for parent in quantity.parents):
            yield replace(quantity, parents=tuple(twins.get(parent, parent) for parent in quantity.parents))


def activation_for(wrong: str, right: str) -> Rewrite:
    """One activation function taken for another, with its derivative."""

    def rewrite(_: Network, graph: Graph) -> Iterator[Quantity]:
        for quantity in of_kind(graph, Kind.ACTIVATION, Kind.SLOPE):
            rule = quantity.rule
            if isinstance(rule, Activate | SlopeOfOutput | SlopeOfNet) and rule.activation == right:
                yield replace(quantity, rule=replace(rule, activation=wrong))

    return rewrite


def step_zero_at_zero(_: Network, graph: Graph) -> Iterator[Quantity]:
    """The lower value at the threshold itself."""
    for quantity in of_kind(graph, Kind.ACTIVATION):
        rule = quantity.rule
        if isinstance(rule, Activate) and rule.activation in {"step", "sign"}:
            row = ACTIVATIONS[rule.activation]
            yield replace(quantity, rule=OpenThreshold(row.low, row.high))


def backward_transposed(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Hidden errors are summed with rows of the matrix above instead of its columns, where it is square."""
    for depth, layer in enumerate(network.layers[:-1]):
        above = network.layers[depth + 1]
        if _is_square(layer, above):
            for k, node in enumerate(layer.nodes):
                quantity = graph.quantities.get(network.naming.error_slope(node.name))
                weights = tuple(edge.weight for edge in above.nodes[k].edges)
                if quantity is not None and len(quantity.parents) == 2 * len(weights):
                    yield replace(quantity, parents=_put(quantity.parents, 0, weights))


def forward_transposed(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Net inputs are summed with columns of the matrix instead of its rows, where it is square."""
    for depth, layer in enumerate(network.layers):
        sources = network.inputs if depth == 0 else tuple(node.name for node in network.layers[depth - 1].nodes)
        if not all(len(node.edges) == len(sources) == len(layer.nodes) for node in layer.nodes):
            continue
        for quantity in of_kind(graph, Kind.NET):
            k = next((k for k, node in enumerate(layer.nodes) if node.name == quantity.at), None)
            if k is not None:
                column = [node.edges[k].weight for node in layer.nodes]
                wanted = [network.naming.update(weight) if quantity.after_step else weight for weight in column]
                yield replace(quantity, parents=_put(quantity.parents, 0, wanted))


def single_path(index: int) -> Rewrite:
    """Only the path through one node of the layer above is taken into a hidden error."""

    def rewrite(network: Network, graph: Graph) -> Iterator[Quantity]:
        for quantity in _hidden(network, of_kind(graph, Kind.ERROR_SLOPE)):
            if len(quantity.parents) > 2 and 2 * index < len(quantity.parents):  # noqa: PLR2004 - one path is a pair
                path = quantity.parents[2 * index : 2 * index + 2]
                yield replace(quantity, parents=path, rule=WeightedSum(1))

    return rewrite


def own_path(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Each hidden node takes only the path to the node across from it."""
    for layer in network.layers[:-1]:
        for k, node in enumerate(layer.nodes):
            quantity = graph.quantities.get(network.naming.error_slope(node.name))
            if quantity is not None and 2 < 2 * (k + 1) <= len(quantity.parents):  # noqa: PLR2004 - a path is a pair
                yield replace(quantity, parents=quantity.parents[2 * k : 2 * k + 2], rule=WeightedSum(1))


def _descents(graph: Graph, rule: Rule) -> Iterator[Quantity]:
    return (replace(q, rule=rule) for q in of_kind(graph, Kind.UPDATE))


def _scaled(quantities: Iterable[Quantity], factor: float) -> Iterator[Quantity]:
    for quantity in quantities:
        if isinstance(quantity.rule, NodeError | LossSlope | Scaled | Difference):
            yield replace(quantity, rule=Scaled(quantity.rule, factor))


def _first_pass(quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    return (quantity for quantity in quantities if not quantity.after_step)


def _output(network: Network, quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    names = {node.name for node in network.outputs}
    return (quantity for quantity in quantities if quantity.at in names)


def _hidden(network: Network, quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    names = {node.name for node in network.outputs}
    return (quantity for quantity in quantities if quantity.at not in names)


def _input_twins(network: Network) -> dict[str, str]:
    """Outputs of hidden layers that are as wide as the input, each with the input across from it."""
    return {
        network.naming.out(node.name): network.inputs[k]
        for layer in network.layers[:-1]
        if len(layer.nodes) == len(network.inputs)
        for k, node in enumerate(layer.nodes)
    }


def _is_square(layer: Layer, above: Layer) -> bool:
    return len(layer.nodes) == len(above.nodes) and all(len(n.edges) == len(layer.nodes) for n in above.nodes)


def _put(parents: tuple[str, ...], start: int, names: Iterable[str]) -> tuple[str, ...]:
    """Put names in every second place."""
    changed = list(parents)
    for k, name in enumerate(names):
        changed[start + 2 * k] = name
    return tuple(changed)
