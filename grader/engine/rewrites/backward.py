"""Wrong ways back: errors, slopes, node deltas, gradients."""

from collections.abc import Iterator
from dataclasses import replace

from grader.engine.activations import SOFTMAX
from grader.engine.build import output_of
from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.notation import Kind, Quantity
from grader.engine.rewrites.select import (
    Rewrite,
    Scaled,
    first_pass,
    hidden,
    input_twins,
    is_square,
    of_kind,
    output,
    put,
    scaled,
)
from grader.engine.rules import Difference, Mean, Same, SlopeOfNet, SlopeOfOutput, Sum, WeightedSum


def stale_weights(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Hidden errors are summed through weights that were updated already."""
    for quantity in hidden(network, of_kind(graph, Kind.ERROR_SLOPE)):
        updated = {w: network.naming.update(w) for w in network.weights if network.naming.update(w) in graph}
        yield replace(quantity, parents=tuple(updated.get(parent, parent) for parent in quantity.parents))


def backward_transposed(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Hidden errors are summed with rows of the matrix above instead of its columns, where it is square."""
    for depth, layer in enumerate(network.layers[:-1]):
        above = network.layers[depth + 1]
        if is_square(layer, above):
            for k, node in enumerate(layer.nodes):
                quantity = graph.quantities.get(network.naming.error_slope(node.name))
                weights = tuple(edge.weight for edge in above.nodes[k].edges)
                if quantity is not None and len(quantity.parents) == 2 * len(weights):
                    yield replace(quantity, parents=put(quantity.parents, 0, weights))


def single_path(index: int) -> Rewrite:
    """Only the path through one node of the layer above is taken into a hidden error."""

    def rewrite(network: Network, graph: Graph) -> Iterator[Quantity]:
        for quantity in hidden(network, of_kind(graph, Kind.ERROR_SLOPE)):
            if len(quantity.parents) > 2 and 2 * index < len(quantity.parents):  # noqa: PLR2004 - one path is a pair
                path = quantity.parents[2 * index : 2 * index + 2]
                yield replace(quantity, parents=path, rule=WeightedSum(1))

    return rewrite


def path_missing(index: int) -> Rewrite:
    """One of three or more paths is left out of a hidden error."""

    def rewrite(network: Network, graph: Graph) -> Iterator[Quantity]:
        for quantity in hidden(network, of_kind(graph, Kind.ERROR_SLOPE)):
            paths = len(quantity.parents) // 2
            if paths > 2 and index < paths:  # noqa: PLR2004 - of two paths, the other one alone is a single path
                parents = quantity.parents[: 2 * index] + quantity.parents[2 * index + 2 :]
                yield replace(quantity, parents=parents, rule=WeightedSum(paths - 1))

    return rewrite


def own_path(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Each hidden node takes only the path to the node across from it."""
    for layer in network.layers[:-1]:
        for k, node in enumerate(layer.nodes):
            quantity = graph.quantities.get(network.naming.error_slope(node.name))
            if quantity is not None and 2 < 2 * (k + 1) <= len(quantity.parents):  # noqa: PLR2004 - a path is a pair
                yield replace(quantity, parents=quantity.parents[2 * k : 2 * k + 2], rule=WeightedSum(1))


def output_derivative_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The node delta of an output is dE/dout alone."""
    for quantity in output(network, of_kind(graph, Kind.DELTA)):
        if network.layers[-1].activation != SOFTMAX:
            yield replace(quantity, parents=(network.naming.error_slope(quantity.at),), rule=Same())


def hidden_derivative_missing(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The node delta of a hidden node is the summed error alone."""
    for quantity in hidden(network, of_kind(graph, Kind.DELTA)):
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
        yield from scaled(first_pass(of_kind(graph, Kind.ERROR)), 2.0)
        yield from scaled(output(network, of_kind(graph, Kind.ERROR_SLOPE)), 2.0)
        yield from scaled((q for q in of_kind(graph, Kind.ERROR) if q.after_step), 2.0)


def error_sign(network: Network, graph: Graph) -> Iterator[Quantity]:
    """Target minus out where out minus target is meant."""
    yield from scaled(output(network, of_kind(graph, Kind.ERROR_SLOPE)), -1.0)
    yield from scaled((q for q in of_kind(graph, Kind.DELTA) if isinstance(q.rule, Difference)), -1.0)


def delta_sign(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The sign is lost on the way from dE/dout to the node delta of an output."""
    for quantity in output(network, of_kind(graph, Kind.DELTA)):
        if quantity.rule is not None:
            yield replace(quantity, rule=Scaled(quantity.rule, -1.0))


def mean_for_sum(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The mean of the outputs' errors for their sum, and the gradient divided with it."""
    count = len(network.outputs)
    if count > 1:
        for quantity in of_kind(graph, Kind.TOTAL_ERROR):
            if isinstance(quantity.rule, Sum):
                yield replace(quantity, rule=Mean())
        for quantity in output(network, of_kind(graph, Kind.ERROR_SLOPE)):
            if network.loss == "half-squared":
                yield replace(quantity, rule=Scaled(quantity.rule or Same(), 1.0 / count))


def input_for_activation(network: Network, graph: Graph) -> Iterator[Quantity]:
    """The gradient of a later weight is multiplied by the network's input instead of the activation."""
    twins = input_twins(network)
    for quantity in of_kind(graph, Kind.FACTOR):
        if quantity.parents[0] in twins:
            yield replace(quantity, parents=(twins[quantity.parents[0]],))
