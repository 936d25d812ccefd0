"""Reading formulas as people write them: a whitelist over Python's syntax tree. Nothing is ever run."""

import ast
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.checking.characters import plain
from grader.checking.expression import (
    FUNCTIONS,
    Call,
    Constant,
    Expression,
    Negated,
    Operation,
    Variable,
    evaluate,
    variables,
)
from grader.checking.lexemes import EULER, lexemes
from grader.checking.numbers import Unreadable
from grader.checking.products import with_products
from grader.sayings.saying import Saying

MAX_LENGTH = 500
"""Characters that a formula may have."""

MAX_DEPTH = 60
"""Operations within operations; a sum of as many terms is as deep."""

LARGEST_EXPONENT = 20
"""Of constant exponents; what depends on variables may be raised to any power."""

BINARY: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
)

UNCLEAR = Saying("formula.unclear")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read.

    Attributes:
        text: what was sent.
        expression: what it says.
    """

    text: str
    expression: Expression


def read_formula(text: str, names: Collection[str]) -> Formula | None:
    """Read one answer.

    Accepts + - * / ** ^ and brackets, the signs of books, superscripts and subscripts, Greek letters, LaTeX, products
    without a sign where they can be read in one way only, a decimal comma, the functions of FUNCTIONS, and e.

    Args:
        text: as typed.
        names: of the variables that may be used.

    Returns:
        The formula, or None where nothing that can be seen was typed.

    Raises:
        Unreadable: with the reason.
    """
    if len(text) > MAX_LENGTH:
        raise Unreadable(Saying("formula.too-long", length=len(text), most=MAX_LENGTH))
    if not plain(text):
        return None
    source = " ".join(word.text for word in with_products(lexemes(text, names), names))
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, MemoryError, RecursionError):
        raise Unreadable(UNCLEAR) from None
    if _is_too_deep(tree.body):
        raise Unreadable(Saying("formula.too-deep", most=MAX_DEPTH))
    expression = _expression(tree.body, names)
    _check_exponents(expression)
    return Formula(text, expression)


def _is_too_deep(tree: ast.expr) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return bool(level)


def _expression(node: ast.expr, names: Collection[str]) -> Expression:
    """The tree in our own few words; whatever is not among them is refused."""
    match node:
        case ast.Constant(value=float(value)):
            return Constant(value)
        case ast.Name(id=name):
            return _named(name, names)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            of = _expression(operand, names)
            return Negated(of) if isinstance(sign, ast.USub) else of
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return Operation(BINARY[type(op)], _expression(left, names), _expression(right, names))
        case ast.Call(func=ast.Name(id=function), args=[argument], keywords=[]) if function in FUNCTIONS:
            return Call(function, _expression(argument, names))
        case _:
            raise Unreadable(UNCLEAR)


def _named(name: str, names: Collection[str]) -> Expression:
    if name in names:
        return Variable(name)
    if name == EULER:
        return Constant(math.e)
    raise Unreadable(Saying("formula.bare-function", name=name))


def _check_exponents(expression: Expression) -> None:
    match expression:
        case Negated(of) | Call(_, of):
            _check_exponents(of)
        case Operation(sign, left, right):
            _check_exponents(left)
            _check_exponents(right)
            if sign == "^" and next(variables(right), None) is None:
                _check_exponent(float(evaluate(right, {})))
        case Constant() | Variable():
            return


def _check_exponent(value: float) -> None:
    if not abs(value) <= LARGEST_EXPONENT:
        raise Unreadable(Saying("formula.exponent", most=LARGEST_EXPONENT))
