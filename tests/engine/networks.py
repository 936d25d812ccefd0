"""Networks for tests: the lecture's 2-2-2, and any small one that hypothesis thinks of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from grader.engine.network import Edge, Layer, Network, Node

SMOOTH = ("logistic", "tanh", "half-tanh", "identity")


@dataclass(frozen=True)
class Declared:
    """A network and a value for everything that it needs."""

    network: Network
    given: Mapping[str, float]


def lecture() -> Declared:
    """The 2-2-2 example: shared biases, held."""
    hidden = Layer((_node("h1", "w1 i1 w2 i2", "b1"), _node("h2", "w3 i1 w4 i2", "b1")), "logistic")
    output = Layer((_node("o1", "w5 h1 w6 h2", "b2"), _node("o2", "w7 h1 w8 h2", "b2")), "logistic")
    network = Network(("i1", "i2"), (hidden, output), loss="half-squared", learning_rate="eta")
    weights = {f"w{k}": value for k, value in enumerate((0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55), start=1)}
    others = {"i1": 0.05, "i2": 0.10, "b1": 0.35, "b2": 0.60, "target_o1": 0.01, "target_o2": 0.99, "eta": 0.5}
    return Declared(network, weights | others)


def lecture_with_trained_biases() -> Declared:
    """The same with a bias per node that the step changes too, as torch.nn.Linear does."""
    held = lecture()
    layers = tuple(
        replace(layer, nodes=tuple(replace(node, bias=f"b_{node.name}") for node in layer.nodes))
        for layer in held.network.layers
    )
    biases = {"b_h1": 0.35, "b_h2": 0.35, "b_o1": 0.60, "b_o2": 0.60}
    given = {name: value for name, value in held.given.items() if name not in {"b1", "b2"}} | biases
    return Declared(replace(held.network, layers=layers, trains_biases=True), given)


def step_network() -> Declared:
    """The lecture's two-layer step network at x = (1, 0)."""
    hidden = Layer((_node("3", "w13 x1 w23 x2", None), _node("4", "w14 x1 w24 x2", None)), "step")
    output = Layer((_node("5", "w35 3 w45 4", None),), "step")
    given = {"x1": 1.0, "x2": 0.0, "w13": 2.0, "w23": -3.0, "w14": 1.0, "w24": 4.0, "w35": 2.0, "w45": -1.0}
    return Declared(Network(("x1", "x2"), (hidden, output)), given)


def _node(name: str, edges: str, bias: str | None) -> Node:
    words = edges.split()
    return Node(name, tuple(Edge(weight, source) for weight, source in zip(words[::2], words[1::2], strict=True)), bias)


@st.composite
def declared(
    draw: st.DrawFn, *, smallest: float = 0.0, largest: float = 1.5, activations: tuple[str, ...] = SMOOTH
) -> Declared:
    """Any network of up to three layers of up to four nodes, with a loss and a learning rate."""
    inputs = tuple(f"x{k}" for k in range(1, draw(st.integers(1, 4)) + 1))
    loss = draw(st.sampled_from(("half-squared", "mean-squared", "cross-entropy")))
    layers: list[Layer] = []
    sources = inputs
    depth = draw(st.integers(1, 3))
    for k in range(depth):
        is_shared = loss == "cross-entropy" and k == depth - 1
        activation = "softmax" if is_shared else draw(st.sampled_from(activations))
        names = tuple(f"n{k}_{n}" for n in range(draw(st.integers(1, 4))))
        bias = draw(st.sampled_from(("none", "shared", "per node")))
        layers.append(Layer(tuple(_drawn(name, sources, k, bias) for name in names), activation))
        sources = names
    network = Network(inputs, tuple(layers), loss, "eta", draw(st.booleans()))
    values = st.floats(smallest, largest, width=32) | st.floats(-largest, -smallest, width=32)
    given = {name: draw(values) for name in (*inputs, *network.weights, *network.biases)}
    return Declared(network, given | draw(_targets(network, values)) | {"eta": draw(st.floats(0.01, 2.0))})


def _drawn(name: str, sources: tuple[str, ...], layer: int, bias: str) -> Node:
    edges = tuple(Edge(f"w_{source}_{name}", source) for source in sources)
    return Node(name, edges, {"none": None, "shared": f"b{layer}", "per node": f"b_{name}"}[bias])


@st.composite
def _targets(draw: st.DrawFn, network: Network, values: st.SearchStrategy[float]) -> dict[str, float]:
    """Any numbers; for softmax shares of 1, zeros among them."""
    names = network.targets()
    if network.loss != "cross-entropy":
        return {name: draw(values) for name in names}
    parts = draw(st.lists(st.integers(0, 5), min_size=len(names), max_size=len(names)).filter(any))
    return {name: part / sum(parts) for name, part in zip(names, parts, strict=True)}
