"""Trained weights: what they are to do, and on which data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.engine.build import without_gradient
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.network import Network


@dataclass(frozen=True, eq=False)
class Data:
    """Rows to try weights on.

    Attributes:
        inputs: per input node shape (rows,).
        targets: per output quantity shape (rows,).
        hidden: whether the rows are kept from the students.
    """

    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    hidden: bool = False

    def __len__(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.targets.values())))


@dataclass(frozen=True, slots=True)
class Demands:
    """What the weights have to reach; None is not asked for.

    Attributes:
        within: how far an output may be off its target.
        loss_below: what the mean loss over the rows has to stay below.
        accuracy: the share of the rows that has to be right; every row where neither this nor a loss is asked for.
        bounds: the least and the greatest value that a weight may have.
        integers: whether weights have to be whole numbers.
    """

    within: float | None = None
    loss_below: float | None = None
    accuracy: float | None = None
    bounds: tuple[float, float] | None = None
    integers: bool = False


@dataclass(frozen=True, eq=False)
class WeightsTask:
    """What trained weights are tried on.

    Attributes:
        network: whose weights they are.
        graph: its forward pass.
        fixed: given values that are not asked.
        asked: names of the weights and biases that are asked.
        data: the rows.
        demands: what is to be reached.
        orientation: the order of axes of matrices in files that do not tell it: `out-in` or `in-out`.
    """

    network: Network
    graph: Graph
    fixed: Mapping[str, float]
    asked: tuple[str, ...]
    data: Data
    demands: Demands
    orientation: str = "out-in"

    @property
    def is_judged_by_loss(self) -> bool:
        """Whether nothing but a loss is asked for: then a row is right where its own loss is below the bound."""
        asked = self.demands
        return asked.loss_below is not None and asked.within is None and asked.accuracy is None

    @cached_property
    def thresholds(self) -> frozenset[str]:
        """Names of the nodes that only tell on which side of 0 their net is."""
        return frozenset(without_gradient(self.network))

    @property
    def has_width(self) -> bool:
        """Whether outputs are compared with their targets, rather than asked on which side they are."""
        outputs = {node.name for node in self.network.outputs}
        return self.demands.within is not None or bool(outputs & self.thresholds)

    def run(self, weights: Mapping[str, float]) -> dict[str, Array]:
        """Every quantity of the forward pass, shape (rows,); inf and nan where weights are beyond all measure."""
        given = {name: np.asarray(value) for name, value in {**self.fixed, **weights}.items()}
        values = self.graph.evaluate({**given, **self.data.inputs})
        return {name: np.broadcast_to(value, (len(self.data),)) for name, value in values.items()}
