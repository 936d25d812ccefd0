"""Compare the judging's numbers with PyTorch's, in float64."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from grader.engine.build import build_graph
from grader.engine.network import Edge, Layer, Network, Node
from tests.fairness.networks import foreign_networks

CLOSE = 1e-9
SIZES = ((2, 2, 2), (3, 4, 2), (2, 3, 3, 1), (4, 1), (1, 5, 4, 3), (3, 8, 8, 2))
HIDDEN = ("logistic", "tanh", "half-tanh", "relu", "piecewise-linear", "identity")
ENDS = (
    ("logistic", "half-squared"),
    ("identity", "mean-squared"),
    ("tanh", "half-squared"),
    ("softmax", "cross-entropy"),
)
BIASES = ("none", "shared", "per node")
RATE = 0.3
FOREIGN = 200

TORCH: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "logistic": torch.sigmoid,
    "tanh": torch.tanh,
    "half-tanh": lambda z: torch.tanh(z / 2),
    "relu": torch.relu,
    "piecewise-linear": lambda z: torch.clamp(z + 0.5, 0.0, 1.0),
    "identity": lambda z: z,
    "softmax": lambda z: torch.softmax(z, dim=0),
}
LOSSES: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "half-squared": lambda target, out: 0.5 * ((target - out) ** 2).sum(),
    "mean-squared": lambda target, out: ((target - out) ** 2).mean(),
    "cross-entropy": lambda target, out: -(target * torch.log(out)).sum(),
}
SINGLE: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    **LOSSES,
    "mean-squared": lambda target, out: (target - out) ** 2,
}
"""The same for one output."""


def network_of(sizes: tuple[int, ...], hidden: str, end: tuple[str, str], biases: str) -> Network:
    """A fully connected network; weights w1, w2, … through all layers."""
    names = [[f"i{k}" for k in range(sizes[0])]]
    layers, count = [], 0
    for depth, size in enumerate(sizes[1:], start=1):
        names.append([f"n{depth}{k}" for k in range(size)])
        nodes = []
        for k, name in enumerate(names[depth]):
            edges = tuple(Edge(f"w{count + j + 1}", source) for j, source in enumerate(names[depth - 1]))
            count += len(edges)
            bias = {"none": None, "shared": f"b{depth}", "per node": f"b{depth}{k}"}[biases]
            nodes.append(Node(name, edges, bias))
        layers.append(Layer(tuple(nodes), end[0] if depth == len(sizes) - 1 else hidden))
    return Network(tuple(names[0]), tuple(layers), end[1], "eta", trains_biases=biases != "none")


@dataclass
class Pass:
    """One pass by PyTorch.

    Attributes:
        nets: of every node, by the name of the node.
        outs: of every layer, stacked.
        errors: of the outputs, without the loss's mean or sum.
        loss: the total.
    """

    nets: dict[str, torch.Tensor]
    outs: list[torch.Tensor]
    errors: list[torch.Tensor]
    loss: torch.Tensor


def by_torch(network: Network, given: dict[str, float]) -> dict[str, float]:
    """Nets, outputs, errors, deltas, gradients, parameters after one step of SGD, and the pass after it."""
    tensors = {name: torch.tensor(value, dtype=torch.float64) for name, value in given.items()}
    parameters = {name: tensors[name].requires_grad_() for name in (*network.weights, *network.biases)}
    before = forward(network, tensors)
    for tensor in (*before.nets.values(), *before.outs):
        tensor.retain_grad()
    before.loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
    gradients = {name: 0.0 if p.grad is None else float(p.grad) for name, p in parameters.items()}
    naming = network.naming
    found = seen(network, before, "") | {naming.gradient(name): value for name, value in gradients.items()}
    for layer, outs in zip(network.layers, before.outs, strict=True):
        for k, node in enumerate(layer.nodes):
            found[naming.delta(node.name)] = float(before.nets[node.name].grad)
            found[naming.error_slope(node.name)] = float(outs.grad[k])
    if network.learning_rate:
        trained = (*network.weights, *(network.biases if network.trains_biases else ()))
        updated = {name: given[name] - given[network.learning_rate] * gradients[name] for name in trained}
        found |= {naming.update(name): value for name, value in updated.items()}
        moved = {name: torch.tensor(value, dtype=torch.float64) for name, value in updated.items()}
        found |= seen(network, forward(network, tensors | moved), "_new")
    return found


def forward(network: Network, values: dict[str, torch.Tensor]) -> Pass:
    """Forward, layer by layer."""
    sent = {name: values[name] for name in network.inputs}
    nets, layers = {}, []
    for layer in network.layers:
        for node in layer.nodes:
            net = torch.zeros((), dtype=torch.float64) + (values[node.bias] if node.bias else 0.0)
            nets[node.name] = sum((values[edge.weight] * sent[edge.source] for edge in node.edges), net)
        own = torch.stack([nets[node.name] for node in layer.nodes])
        if layer.activation == "softmax":
            outs = TORCH["softmax"](own)
        else:
            outs = torch.stack([TORCH[layer.function(node)](own[k]) for k, node in enumerate(layer.nodes)])
        layers.append(outs)
        sent |= {node.name: outs[k] for k, node in enumerate(layer.nodes)}
    targets = torch.stack([values[name] for name in network.targets()])
    loss, single = LOSSES[network.loss or ""], SINGLE[network.loss or ""]
    errors = [single(target, out) for target, out in zip(targets, layers[-1], strict=True)]
    return Pass(nets, layers, errors, loss(targets, layers[-1]))


@torch.no_grad()
def seen(network: Network, one: Pass, suffix: str) -> dict[str, float]:
    """The numbers of a pass by their names in the exercise."""
    naming = network.naming
    found = {naming.net(name) + suffix: net.item() for name, net in one.nets.items()}
    for layer, outs in zip(network.layers, one.outs, strict=True):
        found |= {naming.out(node.name) + suffix: outs[k].item() for k, node in enumerate(layer.nodes)}
    found |= {naming.error(n.name) + suffix: e.item() for n, e in zip(network.outputs, one.errors, strict=True)}
    return found | {naming.total + suffix: one.loss.item()}


def worst(network: Network, generator: np.random.Generator) -> float:
    """The largest difference over all gradients and updates of one draw of values."""
    graph = build_graph(network)
    given = {name: float(generator.uniform(-1, 1)) for name in graph.given} | {"eta": RATE}
    if network.loss == "cross-entropy":
        shares = generator.dirichlet(np.ones(len(network.outputs)))
        given |= dict(zip(network.targets(), shares.tolist(), strict=True))
    ours = graph.evaluate({name: np.asarray(value) for name, value in given.items()})
    return max(abs(float(ours[name]) - value) for name, value in by_torch(network, given).items())


def worst_foreign() -> tuple[float, str, int]:
    """The largest difference over the foreign networks, relative above 1, where it is, and how many numbers there were."""
    largest, place, numbers = 0.0, "", 0
    for exercise in foreign_networks(FOREIGN, with_gradients=True):
        given = {one.name: one.value for one in exercise.givens}
        for name, value in by_torch(exercise.network, given).items():
            difference = abs(float(exercise.reference[name]) - value) / max(1.0, abs(value))
            numbers += 1
            if not difference <= largest:
                largest, place = difference, f"{exercise.slug} {name}"
    return largest, place, numbers


def main() -> None:
    """Compare every combination and the foreign networks; exit with 1 where anything differs by more than CLOSE."""
    generator = np.random.default_rng(2026)
    differences = {
        combination: worst(network_of(*combination), generator)
        for combination in product(SIZES, HIDDEN, ENDS, BIASES)
        if not (combination[2][0] == "softmax" and combination[0][-1] == 1)
    }
    combination, difference = max(differences.items(), key=lambda item: item[1])
    print(
        f"{len(differences)} networks against PyTorch {torch.__version__}: largest difference {difference:.2e} {combination}"
    )
    largest, place, numbers = worst_foreign()
    print(f"{FOREIGN} foreign networks, {numbers} numbers: largest difference {largest:.2e} {place}")
    sys.exit(difference > CLOSE or largest > CLOSE)


if __name__ == "__main__":
    main()
