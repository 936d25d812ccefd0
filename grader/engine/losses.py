"""Loss functions, keyed by the name that appears in exercise files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from grader.engine.arrays import Array


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss over the outputs of a network.

    Attributes:
        error: what one output node contributes, of (target, out).
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
    """1/2 (target - out)^2, the lecture's error of one output."""
    return 0.5 * (target - out) ** 2


def cross_entropy(target: Array, out: Array) -> Array:
    """-target ln out; 0 where the target is 0, whatever the output."""
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
"""The loss that belongs to a softmax layer: together their node delta is out - target."""
