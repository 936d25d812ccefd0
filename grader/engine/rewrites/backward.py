"""Mistakes in the backward pass: errors, slopes, node deltas, gradients."""

from collections.abc import Iterator
from dataclasses import replace

from grader.engine.activations import SOFTMAX
from grader.engine.build import output_of
from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.notation import Kind, Quantity
from grader.engine.rewrites import select
from grader.engine.rules import Difference, Mean, Same, SlopeOfNet, SlopeOfOutput, Sum, WeightedSum


def stale_weights(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Sum hidden errors through weights that were already updated."""
    for quantity in select.hidden(network, select.of_kind(graph, Kind.ERROR_SLOPE)):
        updated = {w: network.naming.update(w) for w in network.weights if network.naming.update(w) in graph}
        yield replace(quantity, parents=tuple(updated.get(parent, parent) for parent in quantity.parents))


def backward_transposed(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Sum hidden errors with rows of the matrix above instead of its columns, if it is square."""
    for depth, layer in enumerate(network.layers[:-1]):
        above = network.layers[depth + 1]
        if select.is_square(layer, above):
            for k, node in enumerate(layer.nodes):
                quantity = graph.quantities.get(network.naming.error_slope(node.name))
                weights = tuple(edge.weight for edge in above.nodes[k].edges)
                if quantity is not None and len(quantity.parents) == 2 * len(weights):
                    yield replace(quantity, parents=select.put(quantity.parents, 0, weights))


def single_path(index: int) -> select.Rewrite:
    """Include only the path through one node of the layer above in a hidden error."""

    def rewrite(network: Network, graph: Graph) -> Iterator[Quantity]:
        for quantity in select.hidden(network, select.of_kind(graph, Kind.ERROR_SLOPE)):
            if len(quantity.parents) > 2 and 2 * index < len(quantity.parents):  # noqa: PLR2004 - one path is a pair
                path = quantity.parents[2 * index : 2 * index + 2]
                yield replace(quantity, parents=path, rule=WeightedSum(1))

    return rewrite


def path_missing(index: int) -> select.Rewrite:
    """Leave one of three or more paths out of a hidden error."""

    def rewrite(network: Network, graph: Graph) -> Iterator[Quantity]:
        for quantity in select.hidden(network, select.of_kind(graph, Kind.ERROR_SLOPE)):
            paths = len(quantity.parents) // 2
            if paths > 2 and index < paths:  # noqa: PLR2004 - with two paths, leaving one out is a single path
                parents = quantity.parents[: 2 * index] + quantity.parents[2 * index + 2 :]
                yield replace(quantity, parents=parents, rule=WeightedSum(paths - 1))

    return rewrite


def own_path(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Include only the path to the node opposite in each hidden error."""
    for layer in network.layers[:-1]:
        for k, node in enumerate(layer.nodes):
            quantity = graph.quantities.get(network.naming.error_slope(node.name))
            if quantity is not None and 2 < 2 * (k + 1) <= len(quantity.parents):  # noqa: PLR2004 - a path is a pair
                yield replace(quantity, parents=quantity.parents[2 * k : 2 * k + 2], rule=WeightedSum(1))


def output_derivative_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Use dE/dout alone as the node delta of an output."""
    for quantity in select.output(network, select.of_kind(graph, Kind.DELTA)):
        if network.layers[-1].activation != SOFTMAX:
            yield replace(quantity, parents=(network.naming.error_slope(quantity.at),), rule=Same())


def hidden_derivative_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Use the summed error alone as the node delta of a hidden node."""
    for quantity in select.hidden(network, select.of_kind(graph, Kind.DELTA)):
        yield replace(quantity, parents=(network.naming.error_slope(quantity.at),), rule=Same())


def derivative_at_output(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Use f'(out) instead of f'(net)."""
    for quantity in select.of_kind(graph, Kind.SLOPE):
        rule = quantity.rule
        if isinstance(rule, SlopeOfOutput | SlopeOfNet) and rule.activation != SOFTMAX:
            parents = (output_of(network, quantity.at),)
            yield replace(quantity, parents=parents, rule=SlopeOfNet(rule.activation))


def half_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Use (target - out)^2 as the error, and twice the gradient with it."""
    if network.loss == "half-squared":
        yield from select.scaled(select.first_pass(select.of_kind(graph, Kind.ERROR)), 2.0)
        yield from select.scaled(select.output(network, select.of_kind(graph, Kind.ERROR_SLOPE)), 2.0)
        yield from select.scaled((q for q in select.of_kind(graph, Kind.ERROR) if q.after_step), 2.0)


def error_sign(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Use target minus out instead of out minus target."""
    yield from select.scaled(select.output(network, select.of_kind(graph, Kind.ERROR_SLOPE)), -1.0)
    yield from select.scaled((q for q in select.of_kind(graph, Kind.DELTA) if isinstance(q.rule, Difference)), -1.0)


def delta_sign(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Lose the sign between dE/dout and the node delta of an output."""
    for quantity in select.output(network, select.of_kind(graph, Kind.DELTA)):
        if quantity.rule is not None:
            yield replace(quantity, rule=select.Scaled(quantity.rule, -1.0))


def mean_for_sum(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Use the mean of the outputs' errors instead of their sum, and divide the gradient accordingly."""
    count = len(network.outputs)
    if count > 1:
        for quantity in select.of_kind(graph, Kind.TOTAL_ERROR):
            if isinstance(quantity.rule, Sum):
                yield replace(quantity, rule=Mean())
        for quantity in select.output(network, select.of_kind(graph, Kind.ERROR_SLOPE)):
            if network.loss == "half-squared":
                yield replace(quantity, rule=select.Scaled(quantity.rule or Same(), 1.0 / count))


def input_for_activation(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Multiply the gradient of a later weight by the network's input instead of the activation."""
    twins = select.input_twins(network)
    for quantity in select.of_kind(graph, Kind.FACTOR):
        if quantity.parents[0] in twins:
            yield replace(quantity, parents=(twins[quantity.parents[0]],))
