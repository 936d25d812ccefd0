"""Parsing of numbers as people write them.

grader/web/static/numbers.js parses the same in the browser; tests/fixtures/readable.json tests both.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from grader.judging.reading.text import plain, strange_in_number, without_latex
from grader.messages.message import Message

MAX_LENGTH = 100
"""The longest answer; a double has 17 significant digits."""

MARKS = " '\u2018\u2019\u00b4\u02bc\u066c_"
"""Separators of digit groups other than comma and point."""

LEADING, ENDING = re.compile("^(?:[=≈~∼≃≅≒≐] ?|:= ?)+"), re.compile(r"(.*[^ ]) ?[.,;]")  # noqa: RUF001 - as typed
DOUBTFUL = re.compile(r"[+-]? ?[1-9]\d{0,2}[.,]\d{3}")
"""One point something, or a thousand: parsed as the former, unless another point or comma suggests the latter."""

DECIMAL = re.compile(r"[+-]?(?P<whole>\d*)(?:[.,](?P<part>\d*))?(?:[eE](?P<exponent>[+-]?\d+))?", re.ASCII)
SIGNED = re.compile(r"(?P<sign>[+-]?) ?(?P<rest>.*?) ?(?P<share>[%‰]?)")
POWERS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<mantissa>.*?) ?[eE\u0435\u0415] ?(?P<exponent>[+-]? ?\d+)",  # Cyrillic letters look the same
        r"(?:(?P<mantissa>.*?)(?: ?[*xX\u0445\u0425] ?| ))?10 ?(?:\^|\*\*) ?(?P<exponent>[+-]? ?\d+|\( ?[+-]? ?\d+ ?\))",
    )
)
GROUPS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<whole>\d*)(?:[.,](?P<part>\d*))?",
        rf"(?P<whole>[1-9]\d{{0,2}}(?:(?P<mark>[{MARKS}])\d{{3}})(?:(?P=mark)\d{{3}})*)(?:[.,](?P<part>\d*))?",
        r"(?P<whole>\d+)[.,](?P<part>\d{3}(?: \d{3})+)",
        r"(?P<whole>[1-9]\d{0,2}(?:,\d{3})+)\.(?P<part>\d+)",
        r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3})+),(?P<part>\d+)",
        r"(?P<whole>[1-9]\d{0,2}(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,}))(?P<part>)",
    )
)
"""Digits with and without groups of three; a single comma or point before three digits is the decimal sign."""

SIDE = r"[+-]? ?(?:\d+(?:[.,]\d*)?|[.,]\d+)"
FRACTION = re.compile(
    rf"(?P<top>{SIDE}) ?/ ?(?P<bottom>{SIDE})|(?P<sign>[+-]?) ?\( ?(?P<inner>{SIDE}) ?/ ?(?P<under>{SIDE}) ?\)",
    re.ASCII,
)
QUOTES = "\"'“”„«»‘’"  # noqa: RUF001 - as typed
QUOTED = re.compile(rf"[\"'“„«‘] ?([^{QUOTES}]+?) ?[\"'“”»’]|'([^{QUOTES}]+)")  # noqa: RUF001 - as typed
"""A quoted value, as in files and programs; a single apostrophe is a spreadsheet's mark of text."""

VULGAR = re.compile("(?P<sign>[+-]?) ?(?P<whole>[0-9]*) ?(?P<fraction>[¼-¾⅐-⅞↉])")


@dataclass(frozen=True, slots=True)
class Number:
    """A parsed number.

    Attributes:
        value: as float64; always finite.
        half_unit: half a unit of the last digit of the text: how far off the true value may be. 0 for fractions.
        digits: significant digits of the text; 0 for fractions, and for a zero with any number of digits.
        text: as sent.
        exact: nobody typed it (a JSON number), so it is never judged imprecise.
        decimals: digits after the decimal sign, minus the power of ten: 0 for `0` and `10`, 3 for `0.000`, 2 for
            `2.7e-1`, 4 for `59.69%`, -2 for `1.2e3`; None for fractions. It distinguishes `0` from `0.000`.
    """

    value: float
    half_unit: float
    digits: int
    text: str
    exact: bool = False
    decimals: int | None = None


class Unreadable(ValueError):
    """The text is not a number; `detail` says why, for the person who typed it."""

    def __init__(self, detail: Message) -> None:
        super().__init__(detail)
        self.detail = detail


def read_number(text: str, *, exact: bool = False) -> Number | None:
    """Parse one answer.

    Accepts `0.3775`, `.3775`, `0,3775`, `3.775e-1`, `3.775·10⁻¹`, `37.75%`, `1/3`, `1½`, `1 234.5`, Unicode minus
    signs, spaces and digits, a leading equals sign and a trailing full stop, and the same in LaTeX.

    Args:
        text: as typed.
        exact: nobody typed the digits (a JSON number).

    Returns:
        The number, or None if nothing visible was typed.

    Raises:
        Unreadable: with the reason.
    """
    if len(text) > MAX_LENGTH:
        raise Unreadable(Message("number.too-long", length=len(text), most=MAX_LENGTH))
    return _read(text, exact=exact)


@lru_cache(maxsize=8192)
def _read(text: str, *, exact: bool) -> Number | None:
    """Parse a short text; kept because a class types the same numbers again and again."""
    match = DECIMAL.fullmatch(text.strip(" \t\r\n"))
    if match is None or not (match["whole"] or match["part"]):
        return _read_unusual(text, exact=exact)
    return _number(text.replace(",", "."), match["whole"] + (match["part"] or ""), _places(match), (text, exact))


def _read_unusual(text: str, *, exact: bool) -> Number | None:
    """Parse text with more than digits, a decimal sign and an exponent."""
    seen = plain(text)
    if not seen:
        return None
    bare = _bare(without_latex(seen))
    fraction = _fraction(bare)
    if fraction is not None:
        return Number(_finite(fraction), 0.0, 0, text, exact)
    found = _digits(bare)
    if found is None:
        raise Unreadable(strange_in_number(text, bare))
    sign, match, exponent = found
    whole, part = (re.sub(rf"[{MARKS},.]", "", match[name] or "") for name in ("whole", "part"))
    return _number(f"{sign}{whole}.{part}e{exponent}", whole + part, len(part) - exponent, (text, exact))


def _number(python: str, digits: str, decimals: int, sent: tuple[str, bool]) -> Number:
    """Make a number from its text in Python's notation."""
    value = _finite(float(python))
    return Number(value, _power(-decimals) / 2, len(digits.lstrip("0")), *sent, decimals)


def _places(match: re.Match[str]) -> int:
    return len(match["part"] or "") - int(match["exponent"] or 0)


def _bare(text: str) -> str:
    """Remove a leading equals sign, a trailing full stop, comma or semicolon, and quotation marks."""
    bare = LEADING.sub("", text)
    ended = ENDING.fullmatch(bare)
    bare = bare if ended is None or DOUBTFUL.fullmatch(ended[1]) else ended[1]
    quoted = QUOTED.fullmatch(bare)
    return bare if quoted is None else quoted[1] or quoted[2]


def _fraction(bare: str) -> float | None:
    vulgar = VULGAR.fullmatch(bare)
    if vulgar is not None:
        top, bottom = unicodedata.normalize("NFKC", vulgar["fraction"]).split("\u2044")
        return float(f"{vulgar['sign']}1") * (int(vulgar["whole"] or 0) + int(top) / int(bottom))
    match = FRACTION.fullmatch(bare)
    if match is None:
        return None
    quotient = _float(match["top"] or match["inner"]), _float(match["bottom"] or match["under"])
    if quotient[1] == 0:
        raise Unreadable(Message("number.divides-by-zero"))
    return float(f"{match['sign'] or ''}1") * (quotient[0] / quotient[1])


def _float(text: str) -> float:
    return float(text.replace(",", ".").replace(" ", ""))


def _digits(bare: str) -> tuple[str, re.Match[str], int] | None:
    """Return the sign, the digits in their groups, and the power of ten; None if this is not a number."""
    signed = SIGNED.fullmatch(bare)
    if signed is None:
        return None
    rest, exponent = signed["rest"], 0
    power = next((found for pattern in POWERS if (found := pattern.fullmatch(rest))), None)
    if power is not None:
        exponent = int(re.sub("[ ()]", "", power["exponent"]))
        rest = "1" if power["mantissa"] is None else power["mantissa"]
    match = next((found for pattern in GROUPS if (found := pattern.fullmatch(rest))), None)
    if match is None or not (match["whole"] or match["part"]):
        return None
    return signed["sign"], match, exponent - {"": 0, "%": 2, "‰": 3}[signed["share"]]


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise Unreadable(Message("number.too-large"))
    return value


def _power(exponent: int) -> float:
    """Return a power of 10 that may exceed the range of a float."""
    return float(f"1e{min(exponent, 300)}")
