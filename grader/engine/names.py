"""Names of quantities, and the types of arrays."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
"""Values of one quantity: shape (n,) with one entry per submission, or () if all submissions share it."""


AFTER_STEP = "_new"
"""The suffix of quantities in the pass after the step."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Patterns with `{node}` or `{weight}`; all names are ASCII, so that they serve as form fields and JSON keys."""

    net_pattern: str = "net_{node}"
    out_pattern: str = "out_{node}"
    target_pattern: str = "target_{node}"
    error_pattern: str = "E_{node}"
    total: str = "E_total"
    error_slope_pattern: str = "dE_dout_{node}"
    slope_pattern: str = "dout_dnet_{node}"
    factor_pattern: str = "dnet_d{weight}"
    delta_pattern: str = "delta_{node}"
    gradient_pattern: str = "dE_d{weight}"
    update_pattern: str = "{weight}_new"

    def net(self, node: str) -> str:
        """The net input of a node."""
        return self.net_pattern.format(node=node)

    def out(self, node: str) -> str:
        """The activation of a node."""
        return self.out_pattern.format(node=node)

    def target(self, node: str) -> str:
        """What an output node should give."""
        return self.target_pattern.format(node=node)

    def error(self, node: str) -> str:
        """What an output node contributes to the loss."""
        return self.error_pattern.format(node=node)

    def error_slope(self, node: str) -> str:
        """dE/dout of a node."""
        return self.error_slope_pattern.format(node=node)

    def slope(self, node: str) -> str:
        """dout/dnet of a node."""
        return self.slope_pattern.format(node=node)

    def factor(self, weight: str) -> str:
        """dnet/dw of a weight: the activation that it multiplies."""
        return self.factor_pattern.format(weight=weight)

    def delta(self, node: str) -> str:
        """dE/dnet of a node, the node delta."""
        return self.delta_pattern.format(node=node)

    def gradient(self, weight: str) -> str:
        """dE/dw of a weight or bias."""
        return self.gradient_pattern.format(weight=weight)

    def update(self, weight: str) -> str:
        """A weight or bias after the step."""
        return self.update_pattern.format(weight=weight)
