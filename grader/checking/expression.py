"""Formulas as trees of the few things that they may be made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias, assert_never

import numpy as np

from grader.engine.activations import logistic
from grader.engine.arrays import Array


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
class Operation:
    """Two expressions with a sign of OPERATIONS between them."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of FUNCTIONS, of one expression."""

    function: str
    of: "Expression"


Expression: TypeAlias = Constant | Variable | Negated | Operation | Call

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
    """The values at some points, elementwise; never a warning: what overflows is inf, what has no value is nan.

    Args:
        expression: the formula.
        points: per variable shape (n,) or ().
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
        case Operation(sign, left, right):
            return np.asarray(OPERATIONS[sign](_value(left, points), _value(right, points)))
        case Call(function, of):
            return np.asarray(FUNCTIONS[function](_value(of, points)))
        case _:
            assert_never(expression)


def variables(expression: Expression) -> Iterator[str]:
    """The names that stand in it, each as often as it stands there."""
    match expression:
        case Variable(name):
            yield name
        case Negated(of) | Call(_, of):
            yield from variables(of)
        case Operation(_, left, right):
            yield from variables(left)
            yield from variables(right)
        case Constant():
            return
        case _:
            assert_never(expression)
