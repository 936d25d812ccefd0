"""Characters of what people type: without those that nobody sees, and with one sign for those that mean the same.

grader/web/static/characters.js does the same in the browser; tests/fixtures/readable.json is asked of both.
"""

import re
import unicodedata
from types import MappingProxyType

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060\u2061\u2065-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Unicode's default-ignorable characters, but for the three invisible ones that mean a sign (times, comma, plus)."""

SPACES = re.compile("[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]+")

SAME = MappingProxyType(
    {
        "-": "\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2796\ufe58\ufe63\uff0d",
        "+": "\u2064\u2795\ufb29\uff0b",
        "*": "\u00b7\u00d7\u2022\u2062\u2217\u2219\u22c5\u2715\u2716\u2a09\u2a2f",
        "/": "\u00f7\u2044\u2215\u2797\uff0f",
        ".": "\u066b\u3002\uff0e\uff61",
        ",": "\u060c\u201a\ufe50\uff0c",
        "%": "\u066a\ufe6a\uff05",
        "^": "\u02c6\uff3e",
    }
)
"""By sign of ASCII the characters that mean it wherever a number or a formula is asked."""

SIGNS = str.maketrans({character: sign for sign, characters in SAME.items() for character in characters})

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₔₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "0123456789+-=()aeoxəhklmnpstiruvj")
RAISED_RUN = re.compile(f"[{''.join(map(chr, RAISED))}]+")
LOWERED_RUN = re.compile(f"[{''.join(map(chr, LOWERED))}]+")
FRACTION = re.compile("(?P<before>[0-9]?)(?P<top>[⁰¹²³⁴-⁹]+)[/\u2044\u2215](?P<bottom>[₀-₉]+)")
"""1/3 as fonts draw it; behind a digit it may be a mixed number, and stays as it is."""

FONTS = re.compile("[\u03d0-\u03f6\u2100-\u214f\ufe50-\ufe6b\uff01-\uffee\U0001d400-\U0001d7ff]")
"""Letters, digits and signs of another font or width: mathematical italics, full width."""

RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
VISIBLE = "LNPS"
"""First letters of the categories of characters that can be shown by themselves."""


def plain(text: str) -> str:
    """Return a text without what is invisible, in ASCII as far as that has one meaning.

    Superscripts become `^(…)`, subscripts `_…`, and any run of spaces one space; none is left at the ends.
    """
    if not text.isascii():
        text = INVISIBLE.sub("", text)
        text = FRACTION.sub(_fraction, text)
        text = RAISED_RUN.sub(lambda run: f"^({run[0].translate(RAISED)})", text)
        text = LOWERED_RUN.sub(lambda run: f"_{run[0].translate(LOWERED)}", text)
        text = "".join(map(_one, text)).translate(SIGNS)
    return SPACES.sub(" ", text).strip(" ")


def _fraction(found: re.Match[str]) -> str:
    if found["before"]:
        return found[0]
    return f"({found['top'].translate(RAISED)}/{found['bottom'].translate(LOWERED)})"


def _one(character: str) -> str:
    if character.isascii():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if FONTS.match(character):
        found = unicodedata.normalize("NFKC", character)
        return found if len(found) == 1 else character
    return character


def code(character: str) -> str:
    """Return `U+0041` for A."""
    return f"U+{ord(character):04X}"


def is_visible(character: str) -> bool:
    """Whether a character can be quoted in a sentence: neither a control character nor one that turns its direction."""
    return unicodedata.category(character)[0] in VISIBLE and unicodedata.bidirectional(character) not in RIGHT_TO_LEFT
