"""Expressions: evaluation, and display as they were understood."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TypeAlias, assert_never

import numpy as np

from grader.engine.activations import logistic
from grader.engine.names import Array


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, finite and not negative."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """A named quantity."""

    name: str


@dataclass(frozen=True, slots=True)
class Negated:
    """-x."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class BinaryOperation:
    """Two expressions with an operator of OPERATIONS between them."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of FUNCTIONS, of one expression."""

    function: str
    of: "Expression"


Expression: TypeAlias = Constant | Variable | Negated | BinaryOperation | Call

OPERATIONS: Mapping[str, Callable[[Array, Array], Array]] = MappingProxyType(
    {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power}
)

FUNCTIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "exp": np.exp,
        "ln": np.log,
        "log": np.log,
        "sqrt": np.sqrt,
        "tanh": np.tanh,
        "sigmoid": logistic,
        "logistic": logistic,
        "sigma": logistic,
        "abs": np.abs,
    }
)
"""Functions by the name that is typed; `log` is the natural logarithm, as in NumPy."""


def evaluate(expression: Expression, points: Mapping[str, Array]) -> Array:
    """Return the values at some points, elementwise; never a warning: overflow is inf, undefined values are nan.

    Args:
        expression: the formula.
        points: for each variable shape (n,) or ().
    """
    with np.errstate(all="ignore"):
        return _value(expression, points)


def _value(expression: Expression, points: Mapping[str, Array]) -> Array:
    match expression:
        case Constant(value):
            return np.asarray(value)
        case Variable(name):
            return points[name]
        case Negated(of):
            return np.negative(_value(of, points))
        case BinaryOperation(sign, left, right):
            return np.asarray(OPERATIONS[sign](_value(left, points), _value(right, points)))
        case Call(function, of):
            return np.asarray(FUNCTIONS[function](_value(of, points)))
        case _:
            assert_never(expression)


def variables(expression: Expression) -> Iterator[str]:
    """Yield the variable names in it, with repetitions."""
    match expression:
        case Variable(name):
            yield name
        case Negated(of) | Call(_, of):
            yield from variables(of)
        case BinaryOperation(_, left, right):
            yield from variables(left)
            yield from variables(right)
        case Constant():
            return
        case _:
            assert_never(expression)


LATEX_CALLS: Mapping[str, str] = MappingProxyType(
    {
        "exp": "e^{{{of}}}",
        "sqrt": r"\sqrt{{{of}}}",
        "abs": r"\left|{of}\right|",
        "sigmoid": r"\operatorname{{sigmoid}}\left({of}\right)",
        "sigma": r"\sigma\left({of}\right)",
        "logistic": r"\operatorname{{logistic}}\left({of}\right)",
    }
)
"""LaTeX of functions that are not simply written as a name before parentheses, as `ln` and `tanh` are."""


class Bond(IntEnum):
    """How tightly an expression binds; a looser one than its position requires is put in parentheses."""

    SUM = 1
    SIGN = 2
    PRODUCT = 3
    POWER = 4
    ATOM = 5


PLACES: Mapping[str, tuple[str, Bond, Bond, Bond]] = MappingProxyType(
    {
        "+": ("{left} + {right}", Bond.SUM, Bond.SUM, Bond.PRODUCT),
        "-": ("{left} - {right}", Bond.SUM, Bond.SUM, Bond.PRODUCT),
        "*": (r"{left} \cdot {right}", Bond.PRODUCT, Bond.SIGN, Bond.PRODUCT),
        "/": (r"\frac{{{left}}}{{{right}}}", Bond.PRODUCT, Bond.SUM, Bond.SUM),
        "^": ("{left}^{{{right}}}", Bond.POWER, Bond.ATOM, Bond.SUM),
    }
)
"""For each operator its LaTeX, how tightly it binds, and what its left and right operand must at least have."""


def to_latex(expression: Expression, labels: Mapping[str, str]) -> str:
    """Return the LaTeX of a formula.

    Args:
        expression: as parsed.
        labels: LaTeX of every variable in it.
    """
    return _told(expression, labels)[0]


def _told(expression: Expression, labels: Mapping[str, str]) -> tuple[str, Bond]:
    match expression:
        case Constant(value):
            return _number(value)
        case Variable(name):
            return labels[name], Bond.ATOM if labels[name].count("^") + labels[name].count(
                r"\frac"
            ) == 0 else Bond.POWER
        case Negated(of):
            return "-" + _at_least(Bond.PRODUCT, of, labels), Bond.SIGN
        case BinaryOperation(sign, left, right):
            shape, bond, before, after = PLACES[sign]
            told = shape.format(left=_at_least(before, left, labels), right=_at_least(after, right, labels))
            return told, min(bond, Bond.SIGN) if told.startswith("-") else bond
        case Call(function, of):
            inner = _told(of, labels)[0]
            told = LATEX_CALLS.get(function, rf"\{function}\left({{of}}\right)").format(of=inner)
            return told, Bond.POWER if function == "exp" else Bond.ATOM
        case _:
            assert_never(expression)


def _at_least(bond: Bond, expression: Expression, labels: Mapping[str, str]) -> str:
    told, own = _told(expression, labels)
    return told if own >= bond else rf"\left({told}\right)"


def _number(value: float) -> tuple[str, Bond]:
    if value == math.e:
        return "e", Bond.ATOM
    digits, _, exponent = f"{value:.12g}".partition("e")
    return (rf"{digits} \cdot 10^{{{int(exponent)}}}", Bond.PRODUCT) if exponent else (digits, Bond.ATOM)
