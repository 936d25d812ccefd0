"""Quantities, and how they are written in formulas."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from grader.engine.names import AFTER_STEP, Array
from grader.engine.network import Network


class Kind(StrEnum):
    """The kind of a quantity; mistakes rewrite all quantities of one kind."""

    GIVEN = "given"
    NET = "net"
    ACTIVATION = "activation"
    ERROR = "error"
    TOTAL_ERROR = "total-error"
    ERROR_SLOPE = "error-slope"
    SLOPE = "slope"
    FACTOR = "factor"
    DELTA = "delta"
    GRADIENT = "gradient"
    UPDATE = "update"


class Rule(Protocol):
    """Computes a quantity from its parents, elementwise over the batch."""

    def __call__(self, *parents: Array) -> Array:
        """Return the value for the parents' values in the order of `Quantity.parents`."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One named value.

    Attributes:
        name: unique in its graph.
        kind: groups quantities for rewrites.
        at: the node, weight or bias it belongs to ("" for totals).
        parents: names of the arguments of its rule, in this order.
        rule: computes it from them; None for given values.
        after_step: whether it belongs to the forward pass with the updated weights.
    """

    name: str
    kind: Kind
    at: str
    parents: tuple[str, ...] = ()
    rule: Rule | None = None
    after_step: bool = False


GREEK = {
    "delta": r"\delta",
    "eta": r"\eta",
    "alpha": r"\alpha",
    "beta": r"\beta",
    "theta": r"\theta",
    "sigma": r"\sigma",
}
SHAPE = re.compile(r"(?P<letters>[A-Za-z]+)_?(?P<index>.*)")


def symbol(name: str) -> str:
    """`w5` → w_{5}, `net_h1` → net_{h1}, `eta` → η, `target_o1` → target_{o1}."""
    match = SHAPE.fullmatch(name)
    if match is None:
        return name.replace("_", r"\_")
    letters, index = match["letters"], match["index"].replace("_", ",")
    head = GREEK.get(letters, letters if len(letters) == 1 else rf"\mathit{{{letters}}}")
    return f"{head}_{{{_upright(index)}}}" if index else head


def _upright(index: str) -> str:
    return rf"\mathit{{{index}}}" if index.isalpha() and len(index) > 1 else index


def label(network: Network, quantity: Quantity) -> str:
    """Return the LaTeX of a quantity; after the step with a superscript +."""
    plain = quantity.name.removesuffix(AFTER_STEP) if quantity.after_step else quantity.name
    make = MAKERS.get(quantity.kind)
    made = make(network, quantity.at) if make else symbol(plain)
    return f"{made}^{{+}}" if quantity.after_step else made


def _derivative(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


MAKERS: Mapping[Kind, Callable[[Network, str], str]] = MappingProxyType(
    {
        Kind.ERROR_SLOPE: lambda net, at: _derivative(symbol(net.naming.total), symbol(net.naming.out(at))),
        Kind.SLOPE: lambda net, at: _derivative(symbol(net.naming.out(at)), symbol(net.naming.net(at))),
        Kind.FACTOR: lambda net, at: _derivative(symbol(net.naming.net(net.target_of(at))), symbol(at)),
        Kind.DELTA: lambda _, at: rf"\delta_{{{at.replace('_', ',')}}}",
        Kind.GRADIENT: lambda net, at: _derivative(symbol(net.naming.total), symbol(at)),
        Kind.UPDATE: lambda _, at: f"{symbol(at)}^{{+}}",
    }
)
