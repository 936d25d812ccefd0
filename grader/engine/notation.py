"""How names look in a formula: LaTeX for values, in the notation of the lecture."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from grader.engine.names import AFTER_STEP
from grader.engine.network import Network
from grader.engine.quantities import Kind, Quantity

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
    """LaTeX of a quantity; after the step with a superscript +."""
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
