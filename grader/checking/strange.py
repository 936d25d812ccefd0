"""What of a text can't be read: the character or the word that is named to the person who typed it."""

import re

from grader.checking.characters import INVISIBLE, code, is_visible, plain
from grader.sayings.saying import Saying

ENDLESS = re.compile(r"[+-]? ?(?:nan|inf|infinity|∞)", re.IGNORECASE)
ARITHMETIC = frozenset("0123456789+-.,/*%^ ")
EXPONENT = re.compile(r"[eE]\d*", re.ASCII)
SEVERAL = re.compile(r"\d[.,;]? [+-]?[.,]?\d", re.ASCII)
CALCULATION = re.compile(r"[\d.)] ?[-+*/^]", re.ASCII)
LONGEST = 40
"""Characters of a word that are enough to recognise it by."""


def strange_in_number(text: str, bare: str) -> Saying:
    """Return why a text is no number.

    Args:
        text: as typed.
        bare: the same without what means nothing.
    """
    if ENDLESS.fullmatch(bare):
        return Saying("number.not-finite")
    foreign = _foreign(INVISIBLE.sub("", text))
    if foreign is not None:
        return foreign
    if SEVERAL.search(bare):
        return Saying("number.several")
    if bare.count(",") + bare.count(".") > 1:
        return Saying("number.separators")
    return Saying("number.calculation") if CALCULATION.search(bare) else Saying("number.unreadable")


def _foreign(seen: str) -> Saying | None:
    """Name the first word or character that stands in no number."""
    at = 0
    while at < len(seen):
        word = _word(seen, at)
        if word and not EXPONENT.fullmatch(word):
            return Saying("number.word", word=shown(word))
        if not word and not ARITHMETIC.issuperset(plain(seen[at])):
            return _character(seen[at])
        at += max(1, len(word))
    return None


def _word(text: str, start: int) -> str:
    """Return the letters, and the digits after them, that begin at a place; a command of LaTeX with its backslash."""
    end = start + (text[start] == "\\")
    if end == len(text) or not is_letter(text[end]):
        return ""
    while end < len(text) and (is_letter(text[end]) or text[end] in "0123456789_"):
        end += 1
    return text[start:end]


def is_letter(character: str) -> bool:
    """Whether it is a letter that can be quoted."""
    return character.isalpha() and is_visible(character)


def _character(character: str) -> Saying:
    if is_visible(character):
        return Saying("number.character", character=character, code=code(character))
    return Saying("number.code", code=code(character))


def shown(text: str) -> str:
    """As much of a word as it takes to recognise it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
