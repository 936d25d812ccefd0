"""Typed text in plain characters: look-alikes, LaTeX, and unreadable characters."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

from grader.messages.message import Message

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060\u2061\u2065-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Unicode's default-ignorable characters, except the three invisible operators (times, comma, plus)."""

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
"""For each ASCII sign the characters that mean it in any number or formula."""

SIGNS = str.maketrans({character: sign for sign, characters in SAME.items() for character in characters})

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₔₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "0123456789+-=()aeoxəhklmnpstiruvj")
RAISED_RUN = re.compile(f"[{''.join(map(chr, RAISED))}]+")
LOWERED_RUN = re.compile(f"[{''.join(map(chr, LOWERED))}]+")
FRACTION = re.compile("(?P<before>[0-9]?)(?P<top>[⁰¹²³⁴-⁹]+)[/\u2044\u2215](?P<bottom>[₀-₉]+)")
"""Fractions such as 1/3 in fraction characters; after a digit it may be a mixed number, and stays unchanged."""

FONTS = re.compile("[\u03d0-\u03f6\u2100-\u214f\ufe50-\ufe6b\uff01-\uffee\U0001d400-\U0001d7ff]")
"""Letters, digits and signs of another font or width: mathematical italics, full width."""

RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
VISIBLE = "LNPS"
"""First letters of the Unicode categories of visible characters."""


def plain(text: str) -> str:
    """Return a text without invisible characters, in ASCII as far as that is unambiguous.

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
    """Return whether a character can be quoted in a sentence: neither a control character nor a direction mark."""
    return unicodedata.category(character)[0] in VISIBLE and unicodedata.bidirectional(character) not in RIGHT_TO_LEFT


GREEK: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "αβγδεζηθικλμνξπρστυφχψωΔ",
            [
                "alpha",
                "beta",
                "gamma",
                "delta",
                "epsilon",
                "zeta",
                "eta",
                "theta",
                "iota",
                "kappa",
                "lambda",
                "mu",
                "nu",
                "xi",
                "pi",
                "rho",
                "sigma",
                "tau",
                "upsilon",
                "phi",
                "chi",
                "psi",
                "omega",
                "Delta",
            ],
            strict=True,
        )
    )
    | {"∆": "Delta", "µ": "mu"}
)
"""Greek letters on their own; Σ and Π are not names but sums and products."""

COMMANDS: Mapping[str, str] = MappingProxyType(
    {name: letter for letter, name in GREEK.items()}
    | {f"var{name}": letter for letter, name in GREEK.items() if name in {"epsilon", "theta", "phi", "rho"}}
    | dict.fromkeys(("cdot", "times", "ast", "bullet"), "*")
    | dict.fromkeys(("approx", "simeq", "sim", "cong"), "≈")
    | dict.fromkeys(("left", "right", "displaystyle", "textstyle"), "")
    | {f"{size}{side}": "" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")}
    | {name: f" {name}" for name in ("exp", "ln", "log", "tanh")}
    | {"div": "/", "infty": "∞", "quad": " ", "qquad": " ", "partial": "∂"}
)

STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.ASCII), instead)
    for pattern, instead in (
        (r"^\$\$?([^$]*)\$\$?$|^\\\((.*)\\\)$|^\\\[(.*)\\\]$", r"\1\2\3"),
        (r"\\[,;:!> ]", " "),
        (r"\\([%_])", r"\1"),
        (r"\\\{", "("),
        (r"\\\}", ")"),
        (r"\{([,.])\}", r"\1"),
        (r"\\left ?\|", " abs("),
        (r"\\right ?\|", ")"),
    )
)
WRAPPED = re.compile(
    r"(_ ?)?\\(?:math(?:rm|it|bf|sf)|text(?:rm|it|bf|normal)?|operatorname|boldsymbol|bm) ?\{([^{}\\]*)\}"
)
LATEX_LOWERED = re.compile(r"_ ?\{([A-Za-z0-9_, ]*)\}")
COMMAND = re.compile(r"\\([A-Za-z]+)")
LATEX_FRACTION = re.compile(r"\\[dtc]?frac(?![A-Za-z])")
SIMPLE = re.compile(r"[^\W\d]\w*|∂\w+|\d+(?:[.,]\d+)?")


def without_latex(text: str) -> str:
    """Replace LaTeX by parentheses and signs; unknown commands stay unchanged."""
    if not any(sign in text for sign in "\\{$"):
        return text
    for pattern, instead in STEPS:
        text = pattern.sub(instead, text)
    text = _repeated(WRAPPED, lambda found: f"_{{{found[2]}}}" if found[1] else f" {found[2]}", text)
    text = LATEX_LOWERED.sub(lambda found: f"_{found[1].replace(',', '').replace(' ', '')} ", text)
    text = COMMAND.sub(lambda found: COMMANDS.get(found[1], found[0]), text).replace("∂ ", "∂")
    text = _fractions(text).replace("\\sqrt{", " sqrt{").replace("\\sqrt(", " sqrt(")
    return re.sub(" +", " ", text.replace("{", "(").replace("}", ")")).strip(" ")


def _repeated(pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str], text: str) -> str:
    """Replace until nothing is left to replace; every replacement shortens the text."""
    found = 1
    while found:
        text, found = pattern.subn(instead, text)
    return text


def _fractions(text: str) -> str:
    """Write fractions with a slash, the last one first, because nested ones begin after it."""
    for command in reversed(list(LATEX_FRACTION.finditer(text))):
        top, after = _argument(text[command.end() :])
        bottom, rest = _argument(after)
        if top and bottom:
            text = f"{text[: command.start()]} ({_bracketed(top)}/{_bracketed(bottom)}) {rest}"
    return text


def _argument(text: str) -> tuple[str, str]:
    """Split off an argument in braces, or one letter or digit; empty if neither follows."""
    text = text.lstrip(" ")
    if not text.startswith("{"):
        return (text[0], text[1:]) if text and text[0].isalnum() else ("", text)
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return text[1:at], text[at + 1 :]
    return "", text


def _bracketed(text: str) -> str:
    bare = text.strip(" ")
    return bare if SIMPLE.fullmatch(bare) else f"({bare})"


ENDLESS = re.compile(r"[+-]? ?(?:nan|inf|infinity|∞)", re.IGNORECASE)
ARITHMETIC = frozenset("0123456789+-.,/*%^ ")
EXPONENT = re.compile(r"[eE]\d*", re.ASCII)
SEVERAL = re.compile(r"\d[.,;]? [+-]?[.,]?\d", re.ASCII)
CALCULATION = re.compile(r"[\d.)] ?[-+*/^]", re.ASCII)
LONGEST = 40
"""Characters of a word that suffice to recognise it."""


def strange_in_number(text: str, bare: str) -> Message:
    """Return why a text is not a number.

    Args:
        text: as typed.
        bare: the same without insignificant characters.
    """
    if ENDLESS.fullmatch(bare):
        return Message("number.not-finite")
    foreign = _foreign(INVISIBLE.sub("", text))
    if foreign is not None:
        return foreign
    if SEVERAL.search(bare):
        return Message("number.several")
    if bare.count(",") + bare.count(".") > 1:
        return Message("number.separators")
    return Message("number.calculation") if CALCULATION.search(bare) else Message("number.unreadable")


def _foreign(seen: str) -> Message | None:
    """Name the first word or character that does not belong in a number."""
    at = 0
    while at < len(seen):
        word = _word(seen, at)
        if word and not EXPONENT.fullmatch(word):
            return Message("number.word", word=shown(word))
        if not word and not ARITHMETIC.issuperset(plain(seen[at])):
            return _character(seen[at])
        at += max(1, len(word))
    return None


def _word(text: str, start: int) -> str:
    """Return the word at a position: letters and following digits, or a LaTeX command with its backslash."""
    end = start + (text[start] == "\\")
    if end == len(text) or not is_letter(text[end]):
        return ""
    while end < len(text) and (is_letter(text[end]) or text[end] in "0123456789_"):
        end += 1
    return text[start:end]


def is_letter(character: str) -> bool:
    """Return whether it is a letter that can be quoted."""
    return character.isalpha() and is_visible(character)


def _character(character: str) -> Message:
    if is_visible(character):
        return Message("number.unreadable-character", character=character, code=code(character))
    return Message("number.code", code=code(character))


def shown(text: str) -> str:
    """Return as much of a word as it takes to recognise it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
