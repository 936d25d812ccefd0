"""Wiring of the declared layers: connections and their weights."""

from collections.abc import Iterator

from grader.catalog import validation
from grader.catalog.format import ExerciseIn, LayerIn
from grader.engine.activations import SOFTMAX
from grader.engine.build import differentiable
from grader.engine.names import Naming
from grader.engine.network import CROSS_ENTROPY, Edge, Layer, Network, Node


def wire(raw: ExerciseIn, complaints: validation.Complaints) -> Network:
    """Build the network; reports inconsistencies, and leaves them out of the result."""
    sources = raw.network.inputs
    layers: list[Layer] = []
    count = 0
    for k, layer in enumerate(raw.network.layers):
        key = f"network.layers.{k}"
        weights = layer.weights or _numbered(layer, len(sources), count)
        count += len(layer.nodes) * len(sources)
        if _fits(layer, weights, sources, key, complaints):
            layers.append(Layer(tuple(_nodes(layer, weights, sources)), functions(layer)[0]))
        sources = layer.nodes
    _check_unique(raw, layers, complaints)
    _check_ends(raw, complaints)
    return Network(
        inputs=tuple(raw.network.inputs),
        layers=tuple(layers),
        loss=raw.network.loss,
        learning_rate="eta" if raw.network.learning_rate else None,
        trains_biases=_trains_biases(raw),
        naming=_naming(raw),
    )


def _trains_biases(raw: ExerciseIn) -> bool:
    """Return the author's choice; by default only the perceptron rule trains biases, as weights of x0 = 1."""
    return raw.training is not None if raw.network.train_biases is None else raw.network.train_biases


def _numbered(layer: LayerIn, sources: int, before: int) -> list[list[str]]:
    """Number weights w1, w2, … node by node through all layers, as in the lecture."""
    return [[f"w{before + n * sources + k + 1}" for k in range(sources)] for n in range(len(layer.nodes))]


def _fits(
    layer: LayerIn, weights: list[list[str]], sources: list[str], key: str, complaints: validation.Complaints
) -> bool:
    before = len(complaints.found)
    if len(weights) != len(layer.nodes):
        complaints.add(
            f"{key}.weights", f"has {len(weights)} rows for {len(layer.nodes)} nodes; a row per node is needed"
        )
    for n, row in enumerate(weights):
        if len(row) != len(sources):
            names = ", ".join(sources)
            complaints.add(f"{key}.weights.{n}", f"has {len(row)} names for {len(sources)} sources ({names})")
        if not any(row):
            complaints.add(f"{key}.weights.{n}", 'names no weight at all; "" is for single edges that are not there')
    _check_per_node(layer, key, complaints)
    return len(complaints.found) == before


def _check_per_node(layer: LayerIn, key: str, complaints: validation.Complaints) -> None:
    count = len(functions(layer))
    if count != len(layer.nodes):
        complaints.add(f"{key}.activation", f"has {count} names for {len(layer.nodes)} nodes")
    if SOFTMAX in functions(layer) and set(functions(layer)) != {SOFTMAX}:
        complaints.add(f"{key}.activation", "softmax takes a whole layer: its nodes share 1 among them")
    if layer.bias and layer.biases:
        complaints.add(f"{key}.biases", "either `bias` (shared by the layer) or `biases` (one per node), not both")
    if layer.biases and len(_biases(layer)) != len(layer.nodes):
        complaints.add(f"{key}.biases", f"has {len(_biases(layer))} names for {len(layer.nodes)} nodes")


def _biases(layer: LayerIn) -> list[str]:
    """Return one name per node: as given, or b_h1, b_h2, … after the nodes; empty if the layer has no such biases."""
    return [f"b_{node}" for node in layer.nodes] if layer.biases is True else layer.biases or []


def _nodes(layer: LayerIn, weights: list[list[str]], sources: list[str]) -> Iterator[Node]:
    biases = _biases(layer)
    for n, name in enumerate(layer.nodes):
        edges = tuple(Edge(weight, source) for weight, source in zip(weights[n], sources, strict=True) if weight)
        yield Node(name, edges, biases[n] if biases else layer.bias, functions(layer)[n])


def functions(layer: LayerIn) -> list[str]:
    """Return the activation of each node."""
    return [layer.activation] * len(layer.nodes) if isinstance(layer.activation, str) else layer.activation


def _check_unique(raw: ExerciseIn, layers: list[Layer], complaints: validation.Complaints) -> None:
    nodes = [*raw.network.inputs, *(name for layer in raw.network.layers for name in layer.nodes)]
    for name in sorted({name for name in nodes if nodes.count(name) > 1}):
        complaints.add("network", f"two nodes are called {name}")
    weights = [edge.weight for layer in layers for node in layer.nodes for edge in node.edges]
    for name in sorted({name for name in weights if weights.count(name) > 1}):
        complaints.add("network.layers", f"two weights are called {name}")
    for k, layer in enumerate(layers[:-1] if len(layers) == len(raw.network.layers) else ()):
        sent = {edge.source for node in layers[k + 1].nodes for edge in node.edges}
        for node in layer.nodes:
            if node.name not in sent:
                complaints.add(f"network.layers.{k}", f"node {node.name} leads nowhere")


def _check_ends(raw: ExerciseIn, complaints: validation.Complaints) -> None:
    last, loss = functions(raw.network.layers[-1])[0], raw.network.loss
    for k, layer in enumerate(raw.network.layers[:-1]):
        if SOFTMAX in functions(layer):
            complaints.add(f"network.layers.{k}.activation", "softmax belongs to the last layer")
    if loss == CROSS_ENTROPY and last != SOFTMAX:
        complaints.add("network.loss", f"cross-entropy needs a softmax layer at the end, not {last}")
    if loss is not None and loss != CROSS_ENTROPY and last == SOFTMAX:
        complaints.add("network.loss", f"a softmax layer needs the loss cross-entropy, not {loss}")
    _check_descent(raw, complaints)


def _check_descent(raw: ExerciseIn, complaints: validation.Complaints) -> None:
    if raw.network.learning_rate is None or raw.training is not None:
        return
    if raw.network.loss is None:
        complaints.add("network.learning_rate", "without network.loss there is nothing to descend")
    elif any(_is_threshold(layer) for layer in raw.network.layers):
        complaints.add("network.learning_rate", "a step or sign has no gradient, so no weight can be updated by it")


def _is_threshold(layer: LayerIn) -> bool:
    return not all(differentiable(name) for name in functions(layer))


def _naming(raw: ExerciseIn) -> Naming:
    names = raw.names
    return Naming(
        names.net, names.out, names.target, names.error, names.total,
        names.error_slope, names.slope, names.factor, names.delta, names.gradient, names.update,
    )  # fmt: skip
