"""Trained weights: their requirements, and the data on which they are evaluated."""

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
    """Rows on which weights are evaluated.

    Attributes:
        inputs: for each input node shape (rows,).
        targets: for each output quantity shape (rows,).
        hidden: whether students may not see the rows.
    """

    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    hidden: bool = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.targets.values())))


@dataclass(frozen=True, slots=True)
class Demands:
    """The requirements on weights; None is not required.

    Attributes:
        within: the largest distance of an output from its target.
        loss_below: upper bound of the mean loss over the rows.
        accuracy: the share of rows that must be correct; every row if neither this nor a loss is required.
        bounds: the smallest and largest allowed weight.
        integers: whether weights must be integers.
    """

    within: float | None = None
    loss_below: float | None = None
    accuracy: float | None = None
    bounds: tuple[float, float] | None = None
    integers: bool = False


@dataclass(frozen=True, eq=False)
class WeightsTask:
    """How trained weights are evaluated.

    Attributes:
        network: of the weights.
        graph: its forward pass.
        fixed: given values that are not asked for.
        asked: names of the asked weights and biases.
        data: the rows.
        demands: the requirements.
        orientation: the order of axes of matrices in files that do not determine it: `out-in` or `in-out`.
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
        """Whether only a loss is required: then a row is correct if its own loss is below the bound."""
        asked = self.demands
        return asked.loss_below is not None and asked.within is None and asked.accuracy is None

    @cached_property
    def thresholds(self) -> frozenset[str]:
        """Names of the nodes that only tell on which side of 0 their net is."""
        return frozenset(without_gradient(self.network))

    @property
    def has_width(self) -> bool:
        """Whether outputs are compared with their targets, rather than by the side they are on."""
        outputs = {node.name for node in self.network.outputs}
        return self.demands.within is not None or bool(outputs & self.thresholds)

    def run(self, weights: Mapping[str, float]) -> dict[str, Array]:
        """Return every quantity of the forward pass, shape (rows,); inf and nan if weights are too large."""
        given = {name: np.asarray(value) for name, value in {**self.fixed, **weights}.items()}
        values = self.graph.evaluate({**given, **self.data.inputs})
        return {name: np.broadcast_to(value, (len(self.data),)) for name, value in values.items()}
