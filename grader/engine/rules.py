"""The rules of a graph: small frozen callables, which mistakes can replace.

Operations are elementwise and in a fixed order (no matrix product), so that one submission and a batch of ten thousand
give the same bits.
"""

from dataclasses import dataclass

import numpy as np

from grader.engine.activations import ACTIVATIONS, softmax
from grader.engine.names import Array
from grader.engine.network import LOSSES

ROUNDING = 1e-15
"""A sum smaller than this share of its terms *is* 0: 0.1 + 0.2 - 0.3 is 5.6e-17 in binary, and 0 on paper."""


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """w1 x1 + w2 x2 + … (+ b). Parents: w1, x1, w2, x2, …, then b if there is one."""

    terms: int

    def __call__(self, *parents: Array) -> Array:
        """Return the sum in order of the terms; exactly 0 if they cancel except for rounding."""
        terms = [parents[2 * k] * parents[2 * k + 1] for k in range(self.terms)]
        terms += parents[2 * self.terms :]
        total, noise = terms[0], ROUNDING * np.abs(terms[0])
        for term in terms[1:]:
            total = total + term
            noise = noise + ROUNDING * np.abs(term)
        return np.where(np.abs(total) < noise, 0.0, total)


@dataclass(frozen=True, slots=True)
class Activate:
    """f(net). Parent: net."""

    activation: str

    def __call__(self, *parents: Array) -> Array:
        """Return the activation function of the table."""
        return ACTIVATIONS[self.activation].f(parents[0])


@dataclass(frozen=True, slots=True)
class Share:
    """One output of softmax. Parents: all nets of the layer."""

    index: int

    def __call__(self, *parents: Array) -> Array:
        """Return the share of node `index`."""
        return softmax(self.index, parents)


@dataclass(frozen=True, slots=True)
class NodeError:
    """The contribution of one output to the loss. Parents: target, out."""

    loss: str

    def __call__(self, *parents: Array) -> Array:
        """Return the error of the table."""
        target, out = parents
        return LOSSES[self.loss].error(target, out)


@dataclass(frozen=True, slots=True)
class Sum:
    """p1 + p2 + …. Any parents."""

    def __call__(self, *parents: Array) -> Array:
        """Return the sum, in order."""
        total = parents[0] + 0.0
        for parent in parents[1:]:
            total = total + parent
        return total


@dataclass(frozen=True, slots=True)
class Mean:
    """(p1 + p2 + …) / n. Any parents."""

    def __call__(self, *parents: Array) -> Array:
        """Return the mean of the parents."""
        return Sum()(*parents) / len(parents)


@dataclass(frozen=True, slots=True)
class LossSlope:
    """dE/dout at an output. Parents: target, out."""

    loss: str
    outputs: int

    def __call__(self, *parents: Array) -> Array:
        """Return the derivative of the total error."""
        target, out = parents
        return LOSSES[self.loss].slope(target, out, self.outputs)


@dataclass(frozen=True, slots=True)
class SlopeOfOutput:
    """dout/dnet in terms of the output. Parent: out."""

    activation: str

    def __call__(self, *parents: Array) -> Array:
        """Return for example out (1 - out)."""
        if self.activation == "softmax":
            return parents[0] * (1.0 - parents[0])
        slope = ACTIVATIONS[self.activation].df_of_output
        if slope is None:
            raise TypeError(f"{self.activation} has no derivative in terms of its output")
        return slope(parents[0])


@dataclass(frozen=True, slots=True)
class SlopeOfNet:
    """dout/dnet in terms of the net input. Parent: net."""

    activation: str

    def __call__(self, *parents: Array) -> Array:
        """Return the derivative of the table."""
        slope = ACTIVATIONS[self.activation].df
        if slope is None:
            raise TypeError(f"{self.activation} has no derivative")
        return slope(parents[0])


@dataclass(frozen=True, slots=True)
class Same:
    """The parent itself: dnet/dw is the activation that w multiplies."""

    def __call__(self, *parents: Array) -> Array:
        """Return the parent unchanged."""
        return parents[0] + 0.0


@dataclass(frozen=True, slots=True)
class Product:
    """p1 p2 …. Any parents."""

    def __call__(self, *parents: Array) -> Array:
        """Return the product, in order."""
        product = parents[0] * 1.0
        for parent in parents[1:]:
            product = product * parent
        return product


@dataclass(frozen=True, slots=True)
class Difference:
    """p1 - p2: the node delta of softmax with cross-entropy is out - target."""

    def __call__(self, *parents: Array) -> Array:
        """Return the first minus the second."""
        return np.asarray(parents[0] - parents[1])


@dataclass(frozen=True, slots=True)
class Descend:
    """w - eta dE/dw. Parents: w, eta, dE/dw."""

    def __call__(self, *parents: Array) -> Array:
        """Return the weight after one step of gradient descent."""
        return parents[0] - parents[1] * parents[2]
