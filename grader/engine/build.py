"""From a declared network to its graph: forward pass, backward pass, update, second forward pass."""

from collections.abc import Iterator

from grader.engine import rules
from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.graph import Graph
from grader.engine.names import AFTER_STEP
from grader.engine.network import LOSSES, Layer, Network, Node
from grader.engine.notation import Kind, Quantity


def build_graph(network: Network) -> Graph:
    """Return all quantities of a network, as far as they exist.

    Without a loss the graph ends with the outputs and their slopes; with a step or sign activation there is no gradient
    and it ends with the total error; without a learning rate nothing is updated.
    """
    quantities = [*_givens(network), *_forward(network, after_step=False)]
    if network.loss:
        quantities += _errors(network, after_step=False)
    if not network.loss or without_gradient(network):
        quantities += _slopes(network)
        return Graph.of(quantities)
    quantities += _backward(network)
    if network.learning_rate:
        quantities += _updates(network)
        quantities += _forward(network, after_step=True)
        quantities += _errors(network, after_step=True)
    return Graph.of(quantities)


def without_gradient(network: Network) -> tuple[str, ...]:
    """Return the nodes whose activation has no derivative."""
    return tuple(node.name for layer, node in network.nodes() if not differentiable(layer.function(node)))


def differentiable(activation: str) -> bool:
    """Return whether an activation has a derivative: all but step and sign."""
    return activation == SOFTMAX or ACTIVATIONS[activation].df is not None


def _givens(network: Network) -> Iterator[Quantity]:
    rate = (network.learning_rate,) if network.learning_rate else ()
    for name in (*network.inputs, *network.weights, *network.biases, *network.targets(), *rate):
        yield Quantity(name, Kind.GIVEN, at=name)


def _forward(network: Network, *, after_step: bool) -> Iterator[Quantity]:
    for layer in network.layers:
        for node in layer.nodes:
            yield _net(network, node, after_step=after_step)
        for node in layer.nodes:
            yield _activation(network, layer, node, after_step=after_step)


def _net(network: Network, node: Node, *, after_step: bool) -> Quantity:
    parents: list[str] = []
    for edge in node.edges:
        parents += [
            parameter(network, edge.weight, after_step=after_step),
            output_of(network, edge.source, after_step=after_step),
        ]
    if node.bias:
        parents.append(parameter(network, node.bias, after_step=after_step))
    name = network.naming.net(node.name) + (AFTER_STEP if after_step else "")
    return Quantity(name, Kind.NET, node.name, tuple(parents), rules.WeightedSum(len(node.edges)), after_step)


def _activation(network: Network, layer: Layer, node: Node, *, after_step: bool) -> Quantity:
    suffix = AFTER_STEP if after_step else ""
    name = output_of(network, node.name, after_step=after_step)
    if layer.activation == SOFTMAX:
        nets = tuple(network.naming.net(other.name) + suffix for other in layer.nodes)
        return Quantity(name, Kind.ACTIVATION, node.name, nets, rules.Share(layer.nodes.index(node)), after_step)
    net = network.naming.net(node.name) + suffix
    return Quantity(name, Kind.ACTIVATION, node.name, (net,), rules.Activate(layer.function(node)), after_step)


def _errors(network: Network, *, after_step: bool) -> Iterator[Quantity]:
    if network.loss is None:
        return
    suffix = AFTER_STEP if after_step else ""
    names = network.naming
    for node in network.outputs:
        parents = (names.target(node.name), output_of(network, node.name, after_step=after_step))
        yield Quantity(
            names.error(node.name) + suffix, Kind.ERROR, node.name, parents, rules.NodeError(network.loss), after_step
        )
    errors = tuple(names.error(node.name) + suffix for node in network.outputs)
    rule = rules.Mean() if LOSSES[network.loss].mean else rules.Sum()
    yield Quantity(names.total + suffix, Kind.TOTAL_ERROR, "", errors, rule, after_step)


def _backward(network: Network) -> Iterator[Quantity]:
    """Yield dE/dout, dout/dnet and delta of each node from the last layer to the first, then every gradient."""
    for depth in reversed(range(len(network.layers))):
        layer = network.layers[depth]
        for node in layer.nodes:
            yield _error_slope(network, depth, node)
            yield _slope(network, layer, node)
            yield _delta(network, layer, node)
    for _, node in network.nodes():
        for edge in node.edges:
            factor = network.naming.factor(edge.weight)
            yield Quantity(factor, Kind.FACTOR, edge.weight, (output_of(network, edge.source),), rules.Same())
            parents = (network.naming.delta(node.name), factor)
            yield Quantity(network.naming.gradient(edge.weight), Kind.GRADIENT, edge.weight, parents, rules.Product())
    for bias in network.biases:
        deltas = tuple(network.naming.delta(node.name) for _, node in network.nodes() if node.bias == bias)
        yield Quantity(network.naming.gradient(bias), Kind.GRADIENT, bias, deltas, rules.Sum())


def _error_slope(network: Network, depth: int, node: Node) -> Quantity:
    name = network.naming.error_slope(node.name)
    if depth == len(network.layers) - 1:
        parents = (network.naming.target(node.name), output_of(network, node.name))
        rule = rules.LossSlope(network.loss or "", len(network.outputs))
        return Quantity(name, Kind.ERROR_SLOPE, node.name, parents, rule)
    paths = [
        (edge.weight, network.naming.delta(above.name))
        for above in network.layers[depth + 1].nodes
        for edge in above.edges
        if edge.source == node.name
    ]
    flat = tuple(name for path in paths for name in path)
    return Quantity(name, Kind.ERROR_SLOPE, node.name, flat, rules.WeightedSum(len(paths)))


def _slopes(network: Network) -> Iterator[Quantity]:
    for layer, node in network.nodes():
        if differentiable(layer.function(node)):
            yield _slope(network, layer, node)


def _slope(network: Network, layer: Layer, node: Node) -> Quantity:
    name, activation = network.naming.slope(node.name), layer.function(node)
    if activation == SOFTMAX or ACTIVATIONS[activation].df_of_output is not None:
        parents = (output_of(network, node.name),)
        return Quantity(name, Kind.SLOPE, node.name, parents, rules.SlopeOfOutput(activation))
    return Quantity(name, Kind.SLOPE, node.name, (network.naming.net(node.name),), rules.SlopeOfNet(activation))


def _delta(network: Network, layer: Layer, node: Node) -> Quantity:
    names = network.naming
    if layer.activation == SOFTMAX:
        parents = (output_of(network, node.name), names.target(node.name))
        return Quantity(names.delta(node.name), Kind.DELTA, node.name, parents, rules.Difference())
    parents = (names.error_slope(node.name), names.slope(node.name))
    return Quantity(names.delta(node.name), Kind.DELTA, node.name, parents, rules.Product())


def _updates(network: Network) -> Iterator[Quantity]:
    trained = (*network.weights, *(network.biases if network.trains_biases else ()))
    for name in trained:
        parents = (name, network.learning_rate or "", network.naming.gradient(name))
        yield Quantity(network.naming.update(name), Kind.UPDATE, name, parents, rules.Descend(), after_step=False)


def parameter(network: Network, name: str, *, after_step: bool) -> str:
    """Return a weight or bias as used by a pass: after the step the updated one, if it is trained."""
    held = name in network.biases and not network.trains_biases
    return network.naming.update(name) if after_step and not held else name


def output_of(network: Network, node: str, *, after_step: bool = False) -> str:
    """Return the quantity that a node sends on: a given value for inputs, else its activation."""
    if node in network.inputs:
        return node
    return network.naming.out(node) + (AFTER_STEP if after_step else "")
