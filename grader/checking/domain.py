"""Where formulas are compared: values for their variables, the same ones for everybody and for ever."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.arrays import Array
from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.quantities import Kind, Quantity

POINTS = 64
"""Two formulas that agree at so many points are the same."""

CELLS = 1000
"""Values stand in the middle of so many cells: few digits to show a student, and never on a round number such as 0."""

INSET = 0.05
"""What is kept clear at both ends of an activation's range, as a share of it: outputs there are saturated."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high."""

    low: float
    high: float


def usual(network: Network, quantity: Quantity) -> Interval:
    """Where a variable lies unless the exercise says otherwise: outputs and targets inside their activation's range."""
    if quantity.name == network.learning_rate:
        return Interval(INSET, 1.0 - INSET)
    activation = _activation(network, quantity)
    if activation is None:
        return Interval(-1.0, 1.0)
    row = ACTIVATIONS["logistic" if activation == SOFTMAX else activation]
    low, high = max(row.low, -1.0), min(row.high, 1.0)
    inset = INSET * (high - low)
    return Interval(low + inset, high - inset)


def values_in(interval: Interval, seed: str) -> Array:
    """Values in an interval, shape (POINTS,): the same for the same seed, on every machine and with every NumPy."""
    cells = [int.from_bytes(sha256(f"{seed} {k}".encode()).digest()[:8]) % CELLS for k in range(POINTS)]
    return interval.low + (interval.high - interval.low) * (np.array(cells) + 0.5) / CELLS


def somewhere(network: Network, graph: Graph) -> dict[str, float]:
    """A value for everything that is given; targets share 1, as softmax wants them to."""
    targets = dict.fromkeys(network.targets(), 1.0 / len(network.outputs))
    others = {name: float(values_in(usual(network, graph[name]), name)[0]) for name in graph.given}
    return others | targets


def _activation(network: Network, quantity: Quantity) -> str | None:
    """Of the node whose output, or wanted output, a quantity is."""
    for layer, node in network.nodes():
        is_output = quantity.kind is Kind.ACTIVATION and quantity.at == node.name
        if is_output or quantity.name == network.naming.target(node.name):
            return layer.function(node)
    return None
