"""Formulas as lexemes, and spellings of names."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.judging.reading.expression import FUNCTIONS
from grader.judging.reading.numbers import Unreadable
from grader.judging.reading.text import GREEK, code, is_visible, plain, shown, without_latex
from grader.messages.message import Message

MOST_GUESSES = 3
LONG = 6
"""From this length on, two letters may be mistyped."""

SPELT_LETTERS = str.maketrans({**GREEK, "∂": "d"})
BETWEEN = re.compile("[_ ]")
TOTAL = re.compile("^detotal(?=d)")
"""The name of a gradient leaves out the kind of the error E."""
STEPPED = re.compile(r" ?\^ ?\( ?\+ ?\)")
"""The superscript + of a value after the step, as shown in reports."""

EQUATION = re.compile(r"([^=≈]+)[=≈](.*)")
MOST = 600
"""The longest text in which an equation is looked for; no answer is as long."""


def key(name: str) -> str:
    """Return what all spellings of a name have in common."""
    return TOTAL.sub("de", BETWEEN.sub("", name.translate(SPELT_LETTERS)).lower())


def meant(typed: str, names: Collection[str]) -> tuple[str, ...]:
    """Return the names that a spelling may stand for: the name itself, else those with other case and signs."""
    ascii_name = typed.translate(SPELT_LETTERS)
    if ascii_name in names:
        return (ascii_name,)
    wanted = key(typed)
    return tuple(name for name in names if key(name) == wanted)


def guesses(typed: str, names: Collection[str]) -> tuple[str, ...]:
    """Return a few names that may have been meant; those that begin with the typed text come first."""
    wanted = key(typed)
    if not wanted:
        return ()
    most = 2 if len(wanted) >= LONG else 1
    begun = [name for name in names if key(name).startswith(wanted)]
    near = [name for name in names if name not in begun and len(wanted) > 1 and distance(wanted, key(name)) <= most]
    return tuple([*begun, *near][:MOST_GUESSES])


def distance(one: str, other: str) -> int:
    """Return how many letters have to be inserted, deleted or replaced to turn one into the other."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, against in enumerate(other, start=1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != against)))
        above = line
    return above[-1]


def with_names(text: str) -> str:
    """Replace the superscript + of values after the step by their names."""
    return STEPPED.sub("_new ", text)


def without_own_name(text: str, name: str) -> str:
    """Return the text to the right of `net_h1 =` in the field net_h1; any other text unchanged."""
    if len(text) > MOST or ("=" not in text and "≈" not in text):
        return text
    equation = EQUATION.fullmatch(without_latex(plain(text)))
    if equation is None or key(re.sub("[/():]", "", with_names(equation[1]))) != key(name):
        return text
    return equation[2]


LARGEST = 1e12
"""Larger numbers are not allowed in a formula."""

DEEPEST = 30
"""The deepest nesting of parentheses."""

EULER = "e"
"""The base of the natural logarithm, unless the exercise has a variable of this name."""

LETTERS = "".join(GREEK)
VULGAR = "¼-¾⅐-⅞↉"
NUMBER = rf"(?P<number>(?:\d+(?:\.\d*|,\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?|\d* ?(?P<vulgar>[{VULGAR}]))(?![{VULGAR}])"
NAME = rf"(?P<name>∂? ?(?:[{LETTERS}][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*))"
SIGN = r"(?P<sign>\*\*|[-+*/^])|(?P<open>[(\[])|(?P<close>[)\]])"
WORD = re.compile(rf" ?(?:{NUMBER}|{NAME}|{SIGN})(?P<space> ?)", re.ASCII)

LEADING, ENDING = re.compile("^(?:[=≈≃≅ ]|:=)+"), re.compile(r"(.*[^ .,;]) ?[.,;]")
SIGNS = str.maketrans({"√": " sqrt "})
REASONS = {".": Message("formula.point"), ",": Message("formula.comma")}

Sort: TypeAlias = Literal["number", "name", "sign", "open", "close"]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One lexeme, as Python writes it and as it was typed; whether a space follows."""

    sort: Sort
    text: str
    typed: str
    spaced: bool = False


def lexemes(text: str, names: Collection[str]) -> list[Lexeme]:
    """Split a formula into lexemes.

    Args:
        text: as typed.
        names: of the variables.

    Raises:
        Unreadable: an unknown character, name or number, or unbalanced parentheses.
    """
    bare = _bare(text)
    if "=" in bare:  # reported before the name to its left is found unknown
        raise Unreadable(Message("formula.equals"))
    words = [one for word in _whole_names(list(_words(bare)), names) for one in _named(word, names)]
    _check_brackets(words)
    return words


def _bare(text: str) -> str:
    """Remove LaTeX, a leading equals sign, and a trailing full stop, comma or semicolon."""
    bare = with_names(without_latex(plain(text))).translate(SIGNS)
    bare = LEADING.sub("", bare.strip(" "))
    ended = ENDING.fullmatch(bare)
    return bare if ended is None else ended[1]


def _words(text: str) -> Iterator[Lexeme]:
    at = 0
    while at < len(text):
        match = WORD.match(text, at)
        if match is None:
            raise Unreadable(_strange(text[at:].lstrip(" ")))
        yield _lexeme(match)
        at = match.end()


def _lexeme(match: re.Match[str]) -> Lexeme:
    typed, spaced = match[0].strip(" "), bool(match["space"])
    if match["number"]:
        return Lexeme("number", _number(match), typed, spaced)
    if match["name"]:
        return Lexeme("name", match["name"].replace(" ", ""), typed, spaced)
    if match["sign"]:
        return Lexeme("sign", "**" if typed == "^" else typed, typed, spaced)
    return Lexeme("open", "(", typed, spaced) if match["open"] else Lexeme("close", ")", typed, spaced)


def _number(match: re.Match[str]) -> str:
    text = match["number"]
    if match["vulgar"]:
        top, bottom = unicodedata.normalize("NFKC", match["vulgar"]).split("\u2044")
        return repr(float(text[:-1].strip(" ") or 0) + int(top) / int(bottom))
    value = float(text.replace(",", "."))
    if value > LARGEST:
        raise Unreadable(Message("formula.number-too-large", number=shown(text)))
    return repr(value)


def _whole_names(words: Sequence[Lexeme], names: Collection[str]) -> Iterator[Lexeme]:
    """Join derivatives: `dE/dw5` is one name if it is that of a quantity and its halves are not names."""
    at = 0
    while at < len(words):
        three = words[at : at + 3]
        joined = "_".join(word.text for word in three[::2])
        if [word.text for word in three[1:2]] == ["/"] and _is_one(three[::2], joined, names):
            yield Lexeme("name", joined, "".join(word.typed for word in three), three[2].spaced)
            at += 3
        else:
            yield words[at]
            at += 1


def _is_one(halves: Sequence[Lexeme], joined: str, names: Collection[str]) -> bool:
    return (
        [half.sort for half in halves] == ["name", "name"]
        and not any(meant(half.text, names) for half in halves)
        and len(meant(joined, names)) == 1
    )


def _named(word: Lexeme, names: Collection[str]) -> tuple[Lexeme, ...]:
    """Spell a name as the exercise does; `ηw5` is two names."""
    if word.sort != "name":
        return (word,)
    if word.text == EULER and EULER not in names:
        return (word,)
    found = _spelt(word.text, names)
    if found is not None:
        return (Lexeme("name", found, word.typed, word.spaced),)
    letter, rest = word.text[:1], word.text[1:]
    first, second = _spelt(letter, names), _spelt(rest, names) if rest else None
    if letter in GREEK and first and second:
        return Lexeme("name", first, letter), Lexeme("name", second, rest, word.spaced)
    raise Unreadable(_unknown(word.typed, names))


def _spelt(typed: str, names: Collection[str]) -> str | None:
    """Return the name of a variable or function, or None.

    Raises:
        Unreadable: it is ambiguous.
    """
    found = meant(typed, names)
    if len(found) > 1:
        raise Unreadable(Message("formula.ambiguous-name", name=shown(typed), names=found))
    if found:
        return found[0]
    function = meant(typed, FUNCTIONS)
    return function[0] if function else None


def _unknown(typed: str, names: Collection[str]) -> Message:
    name = shown(typed)
    near = guesses(typed, [*names, *FUNCTIONS])
    if near:
        return Message("formula.did-you-mean", name=name, names=near)
    return Message("formula.unknown-name", name=name, names=tuple(names), functions=tuple(FUNCTIONS))


def _check_brackets(words: Sequence[Lexeme]) -> None:
    opened: list[str] = []
    for at, word in enumerate(words):
        if word.sort == "open":
            _check_opening(word, words[:at])
            opened.append(word.typed)
        elif word.sort == "close":
            _check_closing(word, opened)
        if len(opened) > DEEPEST:
            raise Unreadable(Message("formula.nested", most=DEEPEST))
    if opened:
        raise Unreadable(Message("formula.not-closed", count=len(opened)))


def _check_opening(word: Lexeme, before: Sequence[Lexeme]) -> None:
    """Refuse a square bracket after a value: it is ambiguous whether it indexes or multiplies."""
    if word.typed == "[" and before and before[-1].sort not in {"sign", "open"}:
        raise Unreadable(Message("formula.round-brackets"))


def _check_closing(word: Lexeme, opened: list[str]) -> None:
    if not opened:
        raise Unreadable(Message("formula.closing"))
    if opened.pop() + word.typed not in {"()", "[]"}:
        raise Unreadable(Message("formula.other-bracket", bracket=word.typed))


def is_function(word: Lexeme, names: Collection[str]) -> bool:
    """Return whether a word is a function; a variable of the same name takes precedence."""
    return word.sort == "name" and word.text in FUNCTIONS and word.text not in names


def _strange(rest: str) -> Message:
    """Name the character, or the LaTeX command, at the beginning of a text."""
    if rest[0] in REASONS:
        return REASONS[rest[0]]
    command = re.match(r"\\[A-Za-z]+", rest)
    if command is not None:
        return Message("formula.command", command=shown(command[0]))
    if is_visible(rest[0]):
        return Message("formula.unreadable-character", character=rest[0], code=code(rest[0]))
    return Message("formula.code", code=code(rest[0]))
