"""The words of a formula: numbers, known names, signs and brackets, and nothing else.

Whatever reaches Python's parser afterwards is made of these alone.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from grader.checking.expression import FUNCTIONS
from grader.checking.numbers import MINUSES, SPACES, Unreadable
from grader.sayings.saying import Saying

LARGEST = 1e12
"""Numbers beyond this have no place in a formula."""

DEEPEST = 30
"""Brackets within brackets."""

EULER = "e"
"""The base of the natural logarithm, unless the exercise has a variable of this name."""

SIGNS = str.maketrans(
    {"·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "÷": "/", "∕": "/"}  # noqa: RUF001 - what people type
    | {"α": "alpha", "β": "beta", "δ": "delta", "η": "eta", "θ": "theta", "σ": "sigma"}  # noqa: RUF001 - the same
)

NUMBER = r"(?P<number>(?:\d+(?:\.\d*|,\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?)"
NAME = r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
SIGN = r"(?P<sign>\*\*|[-+*/^])|(?P<open>\()|(?P<close>\))"
WORD = re.compile(rf"[{SPACES}]*(?:{NUMBER}|{NAME}|{SIGN})[{SPACES}]*", re.ASCII)

REASONS = {
    "[": Saying("formula.round-brackets"),
    "{": Saying("formula.round-brackets"),
    ".": Saying("formula.point"),
    ",": Saying("formula.comma"),
}

Sort: TypeAlias = Literal["number", "name", "sign", "open", "close"]
BEFORE_VALUE, AFTER_VALUE = frozenset({"number", "name", "open"}), frozenset({"number", "name", "close"})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One word, as Python writes it and as it was typed."""

    sort: Sort
    text: str
    typed: str


def lexemes(text: str, names: Collection[str]) -> list[Lexeme]:
    """Take a formula apart.

    Args:
        text: what was typed.
        names: of the variables.

    Raises:
        Unreadable: a character, name or number that no formula has, values side by side, or brackets that don't match.
    """
    if "=" in text:  # said before the name to the left of it is found strange
        raise Unreadable(Saying("formula.equals"))
    plain = text.translate(MINUSES).translate(SIGNS)
    words: list[Lexeme] = []
    at = 0
    while at < len(plain):
        match = WORD.match(plain, at)
        if match is None:
            raise Unreadable(_strange(plain[at:].lstrip(SPACES)[:1]))
        words.append(_lexeme(match, names))
        at = match.end()
    for left, right in pairwise(words):
        _check_neighbours(left, right, names)
    _check_brackets(words)
    return words


def shown(text: str) -> str:
    """As much of a word as it takes to recognise it."""
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - the length of the longest name


def _lexeme(match: re.Match[str], names: Collection[str]) -> Lexeme:
    typed = match[0].strip(SPACES)
    if match["number"]:
        return Lexeme("number", _number(typed), typed)
    if match["name"]:
        return Lexeme("name", _name(typed, names), typed)
    if match["sign"]:
        return Lexeme("sign", "**" if typed == "^" else typed, typed)
    return Lexeme("open" if match["open"] else "close", typed, typed)


def _number(text: str) -> str:
    value = float(text.replace(",", "."))
    if value > LARGEST:
        raise Unreadable(Saying("formula.number-too-large", number=shown(text)))
    return repr(value)


def _name(text: str, names: Collection[str]) -> str:
    if text in names or text == EULER:
        return text
    if text.lower() in FUNCTIONS:
        return text.lower()
    raise Unreadable(Saying("formula.unknown-name", name=shown(text), names=tuple(names), functions=tuple(FUNCTIONS)))


def _check_neighbours(left: Lexeme, right: Lexeme, names: Collection[str]) -> None:
    if is_function(left, names):
        if right.sort != "open":
            raise Unreadable(Saying("formula.function-brackets", name=left.text))
    elif left.sort in AFTER_VALUE and right.sort in BEFORE_VALUE:
        one, other = shown(left.typed), shown(right.typed)
        raise Unreadable(Saying("formula.sign-missing", one=one, other=other))


def _check_brackets(words: Sequence[Lexeme]) -> None:
    depth = deepest = 0
    for word in words:
        depth += (word.sort == "open") - (word.sort == "close")
        deepest = max(depth, deepest)
        if depth < 0:
            raise Unreadable(Saying("formula.closing"))
    if depth:
        raise Unreadable(Saying("formula.not-closed", count=depth))
    if deepest > DEEPEST:
        raise Unreadable(Saying("formula.nested", most=DEEPEST))


def is_function(word: Lexeme, names: Collection[str]) -> bool:
    """Whether a word stands for a function; a variable of the same name goes before it."""
    return word.sort == "name" and word.text in FUNCTIONS and word.text not in names


def _strange(character: str) -> Saying:
    if character in REASONS:
        return REASONS[character]
    if character.isascii() and character.isprintable():
        return Saying("formula.character", character=character)
    code = f"U+{ord(character):04X}"
    return Saying("formula.unicode", code=code, name=unicodedata.name(character, "unnamed").lower())
