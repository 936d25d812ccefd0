r"""LaTeX that people paste, as plain signs: `\frac{1}{1+e^{-x}}` is ` (1/(1+e^(-x))) `.

grader/web/static/latex.js does the same in the browser; tests/fixtures/readable.json is asked of both.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

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
"""Greek letters by themselves; Σ and Π are no names but sums and products."""

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
LOWERED = re.compile(r"_ ?\{([A-Za-z0-9_, ]*)\}")
COMMAND = re.compile(r"\\([A-Za-z]+)")
FRACTION = re.compile(r"\\[dtc]?frac(?![A-Za-z])")
SIMPLE = re.compile(r"[^\W\d]\w*|∂\w+|\d+(?:[.,]\d+)?")


def without_latex(text: str) -> str:
    """Return a text with brackets and signs in place of LaTeX; what is no LaTeX that is known stays as it is."""
    if not any(sign in text for sign in "\\{$"):
        return text
    for pattern, instead in STEPS:
        text = pattern.sub(instead, text)
    text = _repeated(WRAPPED, lambda found: f"_{{{found[2]}}}" if found[1] else f" {found[2]}", text)
    text = LOWERED.sub(lambda found: f"_{found[1].replace(',', '').replace(' ', '')} ", text)
    text = COMMAND.sub(lambda found: COMMANDS.get(found[1], found[0]), text).replace("∂ ", "∂")
    text = _fractions(text).replace("\\sqrt{", " sqrt{").replace("\\sqrt(", " sqrt(")
    return re.sub(" +", " ", text.replace("{", "(").replace("}", ")")).strip(" ")


def _repeated(pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str], text: str) -> str:
    """Replace until there is nothing left to replace; every replacement makes the text shorter."""
    found = 1
    while found:
        text, found = pattern.subn(instead, text)
    return text


def _fractions(text: str) -> str:
    """Write fractions with a slash, the last one first: those within another begin after it."""
    for command in reversed(list(FRACTION.finditer(text))):
        top, after = _argument(text[command.end() :])
        bottom, rest = _argument(after)
        if top and bottom:
            text = f"{text[: command.start()]} ({_bracketed(top)}/{_bracketed(bottom)}) {rest}"
    return text


def _argument(text: str) -> tuple[str, str]:
    """Split off what stands in braces, or one letter or digit; nothing where neither comes next."""
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
