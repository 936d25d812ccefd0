"""Reading numbers as people write them."""

import math
import re
from dataclasses import dataclass

from grader.sayings.saying import Saying

MAX_LENGTH = 100
"""Characters that one answer may have; a double has 17 significant digits."""

SPACES = " \t\r\n\u00a0\u2009\u202f\u2007"
MINUSES = str.maketrans({"\u2212": "-", "\u2013": "-", "\ufe63": "-", "\uff0d": "-"})

DECIMAL = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d*)(?:[.,](?P<part>\d*))?(?:[eE](?P<exponent>[+-]?\d{1,4}))?", re.ASCII
)
FRACTION = re.compile(r"(?P<top>[+-]?\d+(?:[.,]\d*)?) ?/ ?(?P<bottom>[+-]?\d+(?:[.,]\d*)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was read.

    Attributes:
        value: as float64; always finite.
        half_unit: half a unit of the last digit of the text: the true value may lie this far off. 0 for fractions.
        digits: significant digits of the text; 0 for fractions.
        text: what was sent.
        exact: nobody typed it (a JSON number), so it is never called imprecise.
    """

    value: float
    half_unit: float
    digits: int
    text: str
    exact: bool = False


class Unreadable(ValueError):
    """The text is no number; `detail` says why, for the person who typed it."""

    def __init__(self, detail: Saying) -> None:
        super().__init__(detail)
        self.detail = detail


def read_number(text: str, *, exact: bool = False) -> Number | None:
    """Read one answer.

    Accepts `0.3775`, `.3775`, `0,3775`, `3.775e-1`, `1/3`, a unicode minus, spaces around.

    Args:
        text: as typed.
        exact: nobody typed the digits (a JSON number).

    Returns:
        The number, or None where nothing but spaces was typed.

    Raises:
        Unreadable: with the reason.
    """
    if len(text) > MAX_LENGTH:
        raise Unreadable(Saying("number.too-long", length=len(text), most=MAX_LENGTH))
    plain = text.strip(SPACES).translate(MINUSES)
    if not plain:
        return None
    if (match := FRACTION.fullmatch(plain)) is not None:
        return Number(_finite(_quotient(match["top"], match["bottom"])), 0.0, 0, text, exact)
    match = DECIMAL.fullmatch(plain)
    if match is None or not (match["whole"] or match["part"]):
        raise Unreadable(_reason(plain))
    value = _finite(float(plain.replace(",", ".")))
    part, exponent = match["part"] or "", int(match["exponent"] or 0)
    digits = len((match["whole"] + part).lstrip("0"))
    return Number(value, _power(exponent - len(part)) / 2, digits, text, exact)


def _quotient(top: str, bottom: str) -> float:
    divisor = float(bottom.replace(",", "."))
    if divisor == 0:
        raise Unreadable(Saying("number.divides-by-zero"))
    return float(top.replace(",", ".")) / divisor


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise Unreadable(Saying("number.too-large"))
    return value


def _power(exponent: int) -> float:
    """10 to a power that may be beyond what a float holds."""
    return float(f"1e{min(exponent, 300)}")


def _reason(plain: str) -> Saying:
    if plain.lower().lstrip("+-") in {"nan", "inf", "infinity", "∞"}:
        return Saying("number.not-finite")
    if plain.count(",") + plain.count(".") > 1:
        return Saying("number.separators")
    return Saying("number.unreadable")
