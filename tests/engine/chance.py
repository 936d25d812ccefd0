"""Ordinary networks by chance: a shape, functions and a seed give weights and values as an author would choose them."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from grader.engine.network import Edge, Layer, Network, Node
from tests.engine.networks import Declared

SHAPES = ((2, 2, 2), (3, 4, 2), (2, 3, 3, 1), (2, 1), (1, 2, 1), (4, 2, 3), (2, 2, 2, 2))
HIDDEN = ("logistic", "tanh", "half-tanh", "relu", "piecewise-linear", "identity")
OUTPUT = ("logistic", "tanh", "half-tanh", "identity", "softmax")
BIASES = ("none", "shared", "per node")


@dataclass(frozen=True)
class Make:
    """What a network by chance is made of; weights and values follow from the seed."""

    shape: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    bias: str
    trains_biases: bool
    seed: int


def made(make: Make) -> Declared:
    """The network, with weights between -1 and 1 and inputs between 0.1 and 1, of two decimals each."""
    inputs = tuple(f"x{k}" for k in range(1, make.shape[0] + 1))
    layers: list[Layer] = []
    sources = inputs
    for depth, width in enumerate(make.shape[1:], start=1):
        is_last = depth == len(make.shape) - 1
        names = tuple(f"{'o' if is_last else f'h{depth}_'}{k}" for k in range(1, width + 1))
        nodes = tuple(_node(name, sources, depth, make.bias) for name in names)
        layers.append(Layer(nodes, make.output if is_last else make.hidden))
        sources = names
    network = Network(inputs, tuple(layers), make.loss, "eta", make.trains_biases and make.bias != "none")
    return Declared(network, _values(network, make))


def _node(name: str, sources: tuple[str, ...], depth: int, bias: str) -> Node:
    edges = tuple(Edge(f"w_{source}_{name}", source) for source in sources)
    return Node(name, edges, {"none": None, "shared": f"b{depth}", "per node": f"b_{name}"}[bias])


def _values(network: Network, make: Make) -> dict[str, float]:
    generator = np.random.default_rng(make.seed)

    def draw(low: float, high: float) -> float:
        return round(float(generator.uniform(low, high)), 2) or 0.5

    given = {name: draw(0.1, 1.0) for name in network.inputs}
    given |= {name: draw(-1.0, 1.0) for name in (*network.weights, *network.biases)}
    targets = network.targets()
    if make.output == "softmax":
        one = int(generator.integers(len(targets)))
        given |= {name: float(k == one) for k, name in enumerate(targets)}
    else:
        given |= {name: draw(0.05, 0.95) for name in targets}
    return given | {"eta": draw(0.05, 0.95)}


@st.composite
def makes(draw: st.DrawFn, shapes: tuple[tuple[int, ...], ...] = SHAPES) -> Make:
    """Any of them; softmax with cross-entropy, the others with a squared error."""
    output = draw(st.sampled_from(OUTPUT))
    loss = "cross-entropy" if output == "softmax" else draw(st.sampled_from(("half-squared", "mean-squared")))
    return Make(
        draw(st.sampled_from(tuple(shape for shape in shapes if output != "softmax" or shape[-1] > 1))),
        draw(st.sampled_from(HIDDEN)),
        output,
        loss,
        draw(st.sampled_from(BIASES)),
        draw(st.booleans()),
        draw(st.integers(0, 10_000)),
    )
