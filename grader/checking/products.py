"""Products without a sign: `2 w5`, `out_o1(1 - out_o1)`, wherever they can be read in one way only."""

from collections.abc import Collection, Sequence

from grader.checking.lexemes import EULER, Lexeme, is_function
from grader.checking.numbers import Unreadable
from grader.checking.strange import shown
from grader.sayings.saying import Saying

TIMES = Lexeme("sign", "*", "*")
BEFORE_VALUE, AFTER_VALUE = frozenset({"number", "name", "open"}), frozenset({"number", "name", "close"})


def with_products(words: Sequence[Lexeme], names: Collection[str]) -> list[Lexeme]:
    """Put in the signs of multiplication that were left out.

    Args:
        words: of the formula, with brackets that match.
        names: of the variables.

    Raises:
        Unreadable: values stand side by side that are no product, or that are one only perhaps: behind a division or a
            power it is open how far that reaches.
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
            raise Unreadable(Saying("formula.function-brackets", name=left.text))
        return False
    return left.sort in AFTER_VALUE and right.sort in BEFORE_VALUE


def _check(left: Lexeme, right: Lexeme, after: Sequence[Lexeme], sign: str) -> None:
    """Refuse a product that may be none, or of which it is open how far what is before it reaches."""
    is_power = [word.text for word in after] == ["**"]
    is_loose = left.sort == "number" and right.text == EULER and not is_power  # 2e may be half of 2e-1
    if right.sort == "number" or is_loose:
        raise Unreadable(Saying("formula.sign-missing", one=shown(left.typed), other=shown(right.typed)))
    if sign == "/":
        raise Unreadable(Saying("formula.after-division", one=shown(left.typed), other=shown(right.typed)))
    is_plain = left.sort == "close" or (left.sort == "number" and (left.spaced or right.sort == "open"))
    if sign == "**" and not is_plain:
        raise Unreadable(Saying("formula.after-power", one=shown(left.typed), other=shown(right.typed)))


def _follow(signs: list[str], left: Lexeme | None, word: Lexeme) -> None:
    """Keep the last sign between two values, per level of brackets."""
    if word.sort == "open":
        signs.append("")
    elif word.sort == "close":
        signs.pop()
    elif word.sort == "sign" and left is not None and left.sort in AFTER_VALUE:
        signs[-1] = word.text
