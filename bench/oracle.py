"""Gradients against PyTorch's: random networks of many sizes, activations, losses and biases, in float64.

Run by `make oracle`, in an environment of its own: PyTorch is no dependency of the service nor of its tests.
"""

import sys
from collections.abc import Callable
from itertools import product

import numpy as np
import torch

from grader.engine.build import build_graph
from grader.engine.network import Edge, Layer, Network, Node

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


def by_torch(network: Network, given: dict[str, float]) -> dict[str, float]:
    """Loss, gradients and updated parameters, by autograd and one step of SGD."""
    tensors = {name: torch.tensor(value, dtype=torch.float64) for name, value in given.items()}
    parameters = {name: tensors[name].requires_grad_() for name in (*network.weights, *network.biases)}
    sent = {name: tensors[name] for name in network.inputs}
    for layer in network.layers:
        nets = []
        for node in layer.nodes:
            net = sum(
                (parameters[edge.weight] * sent[edge.source] for edge in node.edges),
                torch.zeros((), dtype=torch.float64),
            )
            nets.append(net + parameters[node.bias] if node.bias else net)
        outs = TORCH[layer.activation](torch.stack(nets))
        sent |= {node.name: outs[k] for k, node in enumerate(layer.nodes)}
    target = torch.stack([tensors[name] for name in network.targets()])
    loss = LOSSES[network.loss or ""](target, torch.stack([sent[node.name] for node in network.outputs]))
    loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
    found = {"E_total": float(loss.detach())}
    for name, parameter in parameters.items():
        gradient = 0.0 if parameter.grad is None else float(parameter.grad)
        found |= {f"dE_d{name}": gradient, f"{name}_new": given[name] - RATE * gradient}
    return found


def worst(network: Network, generator: np.random.Generator) -> float:
    """The largest difference over all gradients and updates of one draw of values."""
    graph = build_graph(network)
    given = {name: float(generator.uniform(-1, 1)) for name in graph.given} | {"eta": RATE}
    if network.loss == "cross-entropy":
        shares = generator.dirichlet(np.ones(len(network.outputs)))
        given |= dict(zip(network.targets(), shares.tolist(), strict=True))
    ours = graph.evaluate({name: np.asarray(value) for name, value in given.items()})
    return max(abs(float(ours[name]) - value) for name, value in by_torch(network, given).items())


def main() -> None:
    """Compare every combination; exit with 1 where anything differs by more than CLOSE."""
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
    sys.exit(difference > CLOSE)


if __name__ == "__main__":
    main()
