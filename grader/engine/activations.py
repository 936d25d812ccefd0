"""Activation functions, keyed by the name in exercise files.

Sources: the lecture (step is 1 at 0; tanh(x/2); the piecewise linear function between -0.5 and 0.5) and textbook
definitions. `sign(0) = +1`, consistent with `step(0) = 1`. At a kink, the slope is that of the right-hand formula at
-0.5, of the left-hand one at 0.5, and 0 for relu at 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from grader.engine.names import Array

HALF = 0.5
"""The kinks of the lecture's piecewise linear function."""


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function.

    Attributes:
        f: the function of the net input, elementwise.
        df: its derivative with respect to the net input; None without a useful one (step, sign).
        df_of_output: the same derivative in terms of the output, as in textbooks (`out (1 - out)`); None if the output
            does not determine it.
        low: greatest lower bound of the outputs.
        high: least upper bound of the outputs.
        open: whether the bounds are never reached (logistic, tanh).
        formula: LaTeX of f with the placeholder `{net}`.
        slope: LaTeX of df with the placeholders `{net}` and `{out}`.
    """

    f: Callable[[Array], Array]
    df: Callable[[Array], Array] | None = None
    df_of_output: Callable[[Array], Array] | None = None
    low: float = -np.inf
    high: float = np.inf
    open: bool = False
    formula: str = ""
    slope: str = ""


def logistic(net: Array) -> Array:
    """Return 1 / (1 + e^-net), without overflow for any finite net."""
    small = np.exp(-np.abs(net))
    return np.where(net >= 0, 1.0, small) / (1.0 + small)


def logistic_slope(net: Array) -> Array:
    """Return e^-net / (1 + e^-net)^2."""
    small = np.exp(-np.abs(net))
    return small / (1.0 + small) ** 2


def half_tanh(net: Array) -> Array:
    """Return tanh(net / 2), the lecture's bipolar sigmoid."""
    return np.tanh(0.5 * net)


def piecewise_linear(net: Array) -> Array:
    """Return 0 below -0.5, 1 above 0.5, net + 0.5 between."""
    return np.clip(net + 0.5, 0.0, 1.0)


def step(net: Array) -> Array:
    """Return 1 if net >= 0, else 0."""
    return np.where(net >= 0, 1.0, 0.0)


def sign(net: Array) -> Array:
    """Return +1 if net >= 0, else -1."""
    return np.where(net >= 0, 1.0, -1.0)


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "step": Activation(f=step, low=0.0, high=1.0, formula=r"f({net})"),
        "sign": Activation(f=sign, low=-1.0, high=1.0, formula=r"\operatorname{{sign}} {net}"),
        "logistic": Activation(
            f=logistic,
            df=logistic_slope,
            df_of_output=lambda out: out * (1.0 - out),
            low=0.0,
            high=1.0,
            open=True,
            formula=r"\frac{{1}}{{1 + e^{{-{net}}}}}",
            slope=r"{out} (1 - {out})",
        ),
        "tanh": Activation(
            f=np.tanh,
            df=lambda net: 1.0 / np.cosh(np.clip(net, -350.0, 350.0)) ** 2,
            df_of_output=lambda out: 1.0 - out**2,
            low=-1.0,
            high=1.0,
            open=True,
            formula=r"\tanh {net}",
            slope=r"1 - {out}^2",
        ),
        "half-tanh": Activation(
            f=half_tanh,
            df=lambda net: 0.5 / np.cosh(np.clip(0.5 * net, -350.0, 350.0)) ** 2,
            df_of_output=lambda out: 0.5 * (1.0 - out**2),
            low=-1.0,
            high=1.0,
            open=True,
            formula=r"\tanh\left(\frac{{{net}}}{{2}}\right)",
            slope=r"\frac{{1}}{{2}} (1 - {out}^2)",
        ),
        "piecewise-linear": Activation(
            f=piecewise_linear,
            df=lambda net: np.where(np.abs(net) <= HALF, 1.0, 0.0),
            low=0.0,
            high=1.0,
            formula=r"f({net})",
            slope=r"f'({net})",
        ),
        "relu": Activation(
            f=lambda net: np.maximum(net, 0.0),
            df=lambda net: np.where(net > 0, 1.0, 0.0),
            low=0.0,
            formula=r"\max(0, {net})",
            slope=r"[{net} > 0]",
        ),
        "identity": Activation(
            f=lambda net: net + 0.0,
            df=np.ones_like,
            formula=r"{net}",
            slope=r"1",
        ),
    }
)
"""All activations of a single net input. `softmax` needs its whole layer: see `SOFTMAX`."""

SOFTMAX = "softmax"
"""The activation that distributes 1 among the nodes of an output layer."""

ACTIVATION_NAMES = (*ACTIVATIONS, SOFTMAX)


def softmax(index: int, nets: tuple[Array, ...]) -> Array:
    """Return e^net_index / sum of e^net over the layer, shifted by the largest net to prevent overflow."""
    largest = nets[0]
    for net in nets[1:]:
        largest = np.maximum(largest, net)
    total = np.zeros_like(largest)
    for net in nets:
        total = total + np.exp(net - largest)
    return np.exp(nets[index] - largest) / total
