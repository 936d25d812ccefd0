"""What single cells say once a spreadsheet's wrapping is taken off: names, student numbers, roles."""

import html
import re
import unicodedata
from collections.abc import Iterator

from grader.services.rosters.findings import Wrong

LONGEST_NAME, LONGEST_NUMBER = 200, 64
_PLACEHOLDERS = (
    "- – — -- . / n/a na nan null none nil (null) undefined unknown tba keine k.a. #n/a #nv #name? #ref! #value!"
)
NOTHING = frozenset(_PLACEHOLDERS.split())
"""What programs and people write where there is nothing."""

_WRAPPED = re.compile(r"""="(.*)"|'(.*)'|"(.*)"|“(.*)”|„(.*)[“”]|«(.*)»|‘(.*)’|`(.*)`""")
_WHOLE = re.compile(r"(\d+)\.0+")
_ROUNDED = re.compile(r"\d+[.,]\d+[eE]\+?\d+|\d+[eE]\+\d+|#+")
_BEGINS_FORMULA = ("=", "+", "@", "＝", "＋", "＠")
_MINUS = ("-", "－")
"""A name may begin with these, and has an apostrophe before them in files for spreadsheets."""

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v", "phd", "md", "msc", "bsc", "ma", "ba", "dr", "esq", "mba"})
"""What stands behind a comma and is no given name."""

_MARKUP = re.compile(r"[<>{}\\]")
_CUT_LETTER = re.compile(r"\?|\N{REPLACEMENT CHARACTER}")


def tidy(text: str) -> str:
    """Return a text on one line, without marks that nobody sees; control characters stay, to be refused."""
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(visible.split())


def unwrapped(text: str) -> str:
    """Take off what keeps a spreadsheet from changing a cell, and quotation marks: `="007"`, `'007`, `“007”`."""
    inner = tidy(text)
    while (wrapped := _WRAPPED.fullmatch(inner)) is not None:
        inner = tidy(next(part for part in wrapped.groups() if part is not None))
    return inner.removeprefix("'").strip()


def value_of(text: str) -> str:
    """Return a login, role or number; empty where only a placeholder for nothing is there."""
    inner = unwrapped(text)
    return "" if inner.casefold() in NOTHING else inner


def number_of(text: str) -> str:
    """Return a student number: `#12` of Brightspace and `12.0` of a spreadsheet are 12."""
    value = value_of(text)
    if value.startswith("#") and value[1:2].isalnum():
        value = value[1:]
    whole = _WHOLE.fullmatch(value)
    return unicodedata.normalize("NFKC", whole[1] if whole else value)


def name_of(text: str) -> str:
    """Return a name as it is spoken: `Berg, Anna` is Anna Berg."""
    typed = unicodedata.normalize("NFC", _mended(html.unescape(tidy(text))))
    while (wrapped := _WRAPPED.fullmatch(typed)) is not None:
        typed = tidy(next(part for part in wrapped.groups() if part is not None))
    if typed.startswith("'") and typed[1:2] in (*_BEGINS_FORMULA, *_MINUS):
        typed = typed[1:]
    typed = typed.strip(" ,;")
    family, comma, given = typed.partition(",")
    is_title = re.sub(r"\W", "", given).casefold() in _SUFFIXES
    return f"{given.strip()} {family.strip()}" if comma and "," not in given and not is_title else typed


def flaws_of_name(name: str) -> Iterator[Wrong]:
    """Say why a name cannot be stored as it is."""
    if len(name) > LONGEST_NAME:
        yield Wrong.TOO_LONG
    if not name.isprintable():
        yield Wrong.UNPRINTABLE
    elif _CUT_LETTER.search(name):
        yield Wrong.LOST_LETTERS
    elif name.startswith(_BEGINS_FORMULA):
        yield Wrong.FORMULA
    elif _MARKUP.search(name):
        yield Wrong.MARKUP


def flaws_of_number(number: str) -> Iterator[Wrong]:
    """Say why a student number cannot be stored as it is."""
    if len(number) > LONGEST_NUMBER:
        yield Wrong.TOO_LONG
    if not number.isprintable():
        yield Wrong.UNPRINTABLE
    elif _ROUNDED.fullmatch(number):
        yield Wrong.NUMBER_DAMAGED
    elif number.startswith(_BEGINS_FORMULA):
        yield Wrong.FORMULA


def _mended(text: str) -> str:
    """A name whose UTF-8 was read as Windows-1252 and stored again: `MÃ¼ller` is Müller."""
    if text.isascii():
        return text
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text
