"""The words of a formula: numbers, known names, signs and brackets, and nothing else.

Whatever reaches Python's parser afterwards is made of these alone.
grader/web/static/formulas.js reads the same in the browser; tests/fixtures/readable.json is asked of both.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.checking.characters import code, is_visible, plain
from grader.checking.expression import FUNCTIONS
from grader.checking.latex import GREEK, without_latex
from grader.checking.numbers import Unreadable
from grader.checking.spelling import guesses, meant, with_names
from grader.checking.strange import shown
from grader.sayings.saying import Saying

LARGEST = 1e12
"""Numbers beyond this have no place in a formula."""

DEEPEST = 30
"""Brackets within brackets."""

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
REASONS = {".": Saying("formula.point"), ",": Saying("formula.comma")}

Sort: TypeAlias = Literal["number", "name", "sign", "open", "close"]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One word, as Python writes it and as it was typed; whether a space comes after it."""

    sort: Sort
    text: str
    typed: str
    spaced: bool = False


def lexemes(text: str, names: Collection[str]) -> list[Lexeme]:
    """Take a formula apart.

    Args:
        text: what was typed.
        names: of the variables.

    Raises:
        Unreadable: a character, name or number that no formula has, or brackets that don't match.
    """
    bare = _bare(text)
    if "=" in bare:  # said before the name to the left of it is found strange
        raise Unreadable(Saying("formula.equals"))
    words = [one for word in _whole_names(list(_words(bare)), names) for one in _named(word, names)]
    _check_brackets(words)
    return words


def _bare(text: str) -> str:
    """Leave out LaTeX, a sign of equality before, and a full stop, comma or semicolon after."""
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
        raise Unreadable(Saying("formula.number-too-large", number=shown(text)))
    return repr(value)


def _whole_names(words: Sequence[Lexeme], names: Collection[str]) -> Iterator[Lexeme]:
    """Put derivatives together: `dE/dw5` is one name where it is that of a quantity, and its halves are none."""
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
    """Return the name of a variable or function, None where there is none.

    Raises:
        Unreadable: it may be one or another.
    """
    found = meant(typed, names)
    if len(found) > 1:
        raise Unreadable(Saying("formula.ambiguous-name", name=shown(typed), names=found))
    if found:
        return found[0]
    function = meant(typed, FUNCTIONS)
    return function[0] if function else None


def _unknown(typed: str, names: Collection[str]) -> Saying:
    name = shown(typed)
    near = guesses(typed, [*names, *FUNCTIONS])
    if near:
        return Saying("formula.did-you-mean", name=name, names=near)
    return Saying("formula.unknown-name", name=name, names=tuple(names), functions=tuple(FUNCTIONS))


def _check_brackets(words: Sequence[Lexeme]) -> None:
    opened: list[str] = []
    for at, word in enumerate(words):
        if word.sort == "open":
            _check_opening(word, words[:at])
            opened.append(word.typed)
        elif word.sort == "close":
            _check_closing(word, opened)
        if len(opened) > DEEPEST:
            raise Unreadable(Saying("formula.nested", most=DEEPEST))
    if opened:
        raise Unreadable(Saying("formula.not-closed", count=len(opened)))


def _check_opening(word: Lexeme, before: Sequence[Lexeme]) -> None:
    """Refuse a square bracket behind a value: whether it picks or multiplies is open."""
    if word.typed == "[" and before and before[-1].sort not in {"sign", "open"}:
        raise Unreadable(Saying("formula.round-brackets"))


def _check_closing(word: Lexeme, opened: list[str]) -> None:
    if not opened:
        raise Unreadable(Saying("formula.closing"))
    if opened.pop() + word.typed not in {"()", "[]"}:
        raise Unreadable(Saying("formula.other-bracket", bracket=word.typed))


def is_function(word: Lexeme, names: Collection[str]) -> bool:
    """Whether a word stands for a function; a variable of the same name goes before it."""
    return word.sort == "name" and word.text in FUNCTIONS and word.text not in names


def _strange(rest: str) -> Saying:
    """Name the character, or the command of LaTeX, that a text begins with."""
    if rest[0] in REASONS:
        return REASONS[rest[0]]
    command = re.match(r"\\[A-Za-z]+", rest)
    if command is not None:
        return Saying("formula.command", command=shown(command[0]))
    if is_visible(rest[0]):
        return Saying("formula.character", character=rest[0], code=code(rest[0]))
    return Saying("formula.code", code=code(rest[0]))
