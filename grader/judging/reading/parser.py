"""Formulas as expressions, including products without a sign."""

import ast
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader.judging.reading.expression import (
    FUNCTIONS,
    BinaryOperation,
    Call,
    Constant,
    Expression,
    Negated,
    Variable,
    evaluate,
    variables,
)
from grader.judging.reading.lexer import EULER, Lexeme, is_function, lexemes
from grader.judging.reading.numbers import Unreadable
from grader.judging.reading.text import plain, shown
from grader.messages.message import Message

TIMES = Lexeme("sign", "*", "*")
BEFORE_VALUE, AFTER_VALUE = frozenset({"number", "name", "open"}), frozenset({"number", "name", "close"})


def with_products(words: Sequence[Lexeme], names: Collection[str]) -> list[Lexeme]:
    """Insert omitted multiplication signs.

    Args:
        words: of the formula, with balanced parentheses.
        names: of the variables.

    Raises:
        Unreadable: adjacent values are not a product, or an ambiguous one: after a division or a power it is unclear
            how far that reaches.
    """
    written: list[Lexeme] = []
    signs = [""]
    for at, word in enumerate(words):
        left = words[at - 1] if at else None
        if left is not None and _is_product(left, word, names):
            _check(left, word, words[at + 1 : at + 2], signs[-1])
            written.append(TIMES)
            signs[-1] = "*"
        _follow(signs, left, word)
        written.append(word)
    return written


def _is_product(left: Lexeme, right: Lexeme, names: Collection[str]) -> bool:
    if is_function(left, names):
        if right.sort != "open":
            raise Unreadable(Message("formula.function-brackets", name=left.text))
        return False
    return left.sort in AFTER_VALUE and right.sort in BEFORE_VALUE


def _check(left: Lexeme, right: Lexeme, after: Sequence[Lexeme], sign: str) -> None:
    """Refuse a product that is doubtful, or makes the reach of a previous operator ambiguous."""
    is_power = [word.text for word in after] == ["**"]
    is_loose = left.sort == "number" and right.text == EULER and not is_power  # 2e may be half of 2e-1
    if right.sort == "number" or is_loose:
        raise Unreadable(Message("formula.sign-missing", one=shown(left.typed), other=shown(right.typed)))
    if sign == "/":
        raise Unreadable(Message("formula.after-division", one=shown(left.typed), other=shown(right.typed)))
    is_plain = left.sort == "close" or (left.sort == "number" and (left.spaced or right.sort == "open"))
    if sign == "**" and not is_plain:
        raise Unreadable(Message("formula.after-power", one=shown(left.typed), other=shown(right.typed)))


def _follow(signs: list[str], left: Lexeme | None, word: Lexeme) -> None:
    """Track the last operator between two values, for each level of parentheses."""
    if word.sort == "open":
        signs.append("")
    elif word.sort == "close":
        signs.pop()
    elif word.sort == "sign" and left is not None and left.sort in AFTER_VALUE:
        signs[-1] = word.text


MAX_LENGTH = 500
"""The longest formula, in characters."""

MAX_DEPTH = 60
"""The deepest nesting of operations; a sum of as many terms is as deep."""

LARGEST_EXPONENT = 20
"""The largest constant exponent; variable exponents are not limited."""

BINARY: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
)

UNCLEAR_FORMULA = Message("formula.unclear")


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula.

    Attributes:
        text: as sent.
        expression: its meaning.
    """

    text: str
    expression: Expression


def read_formula(text: str, names: Collection[str]) -> Formula | None:
    """Parse one answer.

    Accepts + - * / ** ^ and parentheses, mathematical signs, superscripts and subscripts, Greek letters, LaTeX,
    unambiguous products without a sign, a decimal comma, the functions of FUNCTIONS, and e.

    Args:
        text: as typed.
        names: of the variables that may be used.

    Returns:
        The formula, or None if nothing visible was typed.

    Raises:
        Unreadable: with the reason.
    """
    if len(text) > MAX_LENGTH:
        raise Unreadable(Message("formula.too-long", length=len(text), most=MAX_LENGTH))
    if not plain(text):
        return None
    source = " ".join(word.text for word in with_products(lexemes(text, names), names))
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, MemoryError, RecursionError):
        raise Unreadable(UNCLEAR_FORMULA) from None
    if _is_too_deep(tree.body):
        raise Unreadable(Message("formula.too-deep", most=MAX_DEPTH))
    expression = _expression(tree.body, names)
    _check_exponents(expression)
    return Formula(text, expression)


def _is_too_deep(tree: ast.expr) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return bool(level)


def _expression(node: ast.expr, names: Collection[str]) -> Expression:
    """Convert Python's tree to our own few nodes; any other node is refused."""
    match node:
        case ast.Constant(value=float(value)):
            return Constant(value)
        case ast.Name(id=name):
            return _named(name, names)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            of = _expression(operand, names)
            return Negated(of) if isinstance(sign, ast.USub) else of
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return BinaryOperation(BINARY[type(op)], _expression(left, names), _expression(right, names))
        case ast.Call(func=ast.Name(id=function), args=[argument], keywords=[]) if function in FUNCTIONS:
            return Call(function, _expression(argument, names))
        case _:
            raise Unreadable(UNCLEAR_FORMULA)


def _named(name: str, names: Collection[str]) -> Expression:
    if name in names:
        return Variable(name)
    if name == EULER:
        return Constant(math.e)
    raise Unreadable(Message("formula.bare-function", name=name))


def _check_exponents(expression: Expression) -> None:
    match expression:
        case Negated(of) | Call(_, of):
            _check_exponents(of)
        case BinaryOperation(sign, left, right):
            _check_exponents(left)
            _check_exponents(right)
            if sign == "^" and next(variables(right), None) is None:
                _check_exponent(float(evaluate(right, {})))
        case Constant() | Variable():
            return


def _check_exponent(value: float) -> None:
    if not abs(value) <= LARGEST_EXPONENT:
        raise Unreadable(Message("formula.exponent", most=LARGEST_EXPONENT))
