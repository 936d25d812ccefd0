"""A network: its layers and its loss."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from grader.engine.names import Array, Naming


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss over the outputs of a network.

    Attributes:
        error: the contribution of one output node, of (target, out).
        slope: the derivative of the *total* with respect to that node's out, of (target, out, number of outputs).
        mean: whether the total is the mean of the nodes' errors instead of their sum.
        formula: LaTeX of `error`, with `{target}` and `{out}`.
        slope_formula: LaTeX of `slope`, with `{target}`, `{out}` and `{count}`.
    """

    error: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array, int], Array]
    mean: bool
    formula: str
    slope_formula: str


def half_squared(target: Array, out: Array) -> Array:
    """Return 1/2 (target - out)^2, the lecture's error of one output."""
    return 0.5 * (target - out) ** 2


def cross_entropy(target: Array, out: Array) -> Array:
    """Return -target ln out; 0 where the target is 0, for any output."""
    return np.where(target == 0, 0.0, -target * np.log(np.where(target == 0, 1.0, out)))


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "half-squared": Loss(
            error=half_squared,
            slope=lambda target, out, _count: -(target - out),
            mean=False,
            formula=r"\frac{{1}}{{2}} ({target} - {out})^2",
            slope_formula=r"-({target} - {out})",
        ),
        "mean-squared": Loss(
            error=lambda target, out: (target - out) ** 2,
            slope=lambda target, out, count: -2.0 * (target - out) / count,
            mean=True,
            formula=r"({target} - {out})^2",
            slope_formula=r"-\frac{{2}}{{{count}}} ({target} - {out})",
        ),
        "cross-entropy": Loss(
            error=cross_entropy,
            slope=lambda target, out, _count: -target / out,
            mean=False,
            formula=r"-{target} \ln {out}",
            slope_formula=r"-\frac{{{target}}}{{{out}}}",
        ),
    }
)

CROSS_ENTROPY = "cross-entropy"
"""The loss that goes with a softmax layer: together their node delta is out - target."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A weight and the node whose activation it multiplies."""

    weight: str
    source: str


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its incoming edges in the order of the sum, the bias added last, its own activation if any."""

    name: str
    edges: tuple[Edge, ...]
    bias: str | None = None
    activation: str | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """Nodes computed together, with one activation (a key of ACTIVATIONS, or "softmax")."""

    nodes: tuple[Node, ...]
    activation: str

    def function(self, node: Node) -> str:
        """Return the activation of one of its nodes: the node's own, else the layer's."""
        return node.activation or self.activation


@dataclass(frozen=True, slots=True)
class Network:
    """A feed-forward network.

    Attributes:
        inputs: names of the input nodes; each is a given value.
        layers: from the first hidden layer to the output layer.
        loss: a key of LOSSES, or None for a forward pass alone.
        learning_rate: name of the given learning rate, or None without an update.
        trains_biases: whether the step also updates the biases.
        naming: the names of nets, outputs and other quantities.
    """

    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    loss: str | None = None
    learning_rate: str | None = None
    trains_biases: bool = False
    naming: Naming = field(default_factory=Naming)

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The nodes of the last layer."""
        return self.layers[-1].nodes

    @property
    def weights(self) -> tuple[str, ...]:
        """Every weight once, in the order of the layers; the catalog does not allow shared weights."""
        return tuple(edge.weight for _, node in self.nodes() for edge in node.edges)

    @property
    def biases(self) -> tuple[str, ...]:
        """Every bias once, including those shared by a layer."""
        return tuple(dict.fromkeys(node.bias for _, node in self.nodes() if node.bias is not None))

    def nodes(self) -> Iterator[tuple[Layer, Node]]:
        """Iterate over all computed nodes, layer by layer."""
        for layer in self.layers:
            for node in layer.nodes:
                yield layer, node

    def target_of(self, weight: str) -> str:
        """Return the node that a weight leads to."""
        return next(node.name for _, node in self.nodes() for edge in node.edges if edge.weight == weight)

    def targets(self) -> tuple[str, ...]:
        """Names of the given targets, one per output node; empty without a loss."""
        return tuple(self.naming.target(node.name) for node in self.outputs) if self.loss else ()
