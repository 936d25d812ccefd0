"""Names of quantities in the spellings that people use: `w₅`, `w_5`, `out_h_1`, `δ_h1`, `∂E/∂w5`.

grader/web/static/spelling.js does the same in the browser; tests/fixtures/readable.json is asked of both.
"""

import re
from collections.abc import Collection

from grader.checking.characters import plain
from grader.checking.latex import GREEK, without_latex

MOST_GUESSES = 3
LONG = 6
"""Letters from which on two of them may be mistyped."""

LETTERS = str.maketrans({**GREEK, "∂": "d"})
BETWEEN = re.compile("[_ ]")
TOTAL = re.compile("^detotal(?=d)")
"""A gradient's name leaves out what kind of error E is."""
STEPPED = re.compile(r" ?\^ ?\( ?\+ ?\)")
"""The superscript + of a value after the step, as reports show it."""

EQUATION = re.compile(r"([^=≈]+)[=≈](.*)")
MOST = 600
"""Characters of a text in which an equation is looked for; no answer has as many."""


def key(name: str) -> str:
    """Return what all spellings of a name have in common."""
    return TOTAL.sub("de", BETWEEN.sub("", name.translate(LETTERS)).lower())


def meant(typed: str, names: Collection[str]) -> tuple[str, ...]:
    """Return the names that a spelling may stand for: the name itself, else those that differ in case and signs only."""
    ascii_name = typed.translate(LETTERS)
    if ascii_name in names:
        return (ascii_name,)
    wanted = key(typed)
    return tuple(name for name in names if key(name) == wanted)


def guesses(typed: str, names: Collection[str]) -> tuple[str, ...]:
    """Return the few names that somebody may have meant who typed something else; those that it begins come first."""
    wanted = key(typed)
    if not wanted:
        return ()
    most = 2 if len(wanted) >= LONG else 1
    begun = [name for name in names if key(name).startswith(wanted)]
    near = [name for name in names if name not in begun and len(wanted) > 1 and distance(wanted, key(name)) <= most]
    return tuple([*begun, *near][:MOST_GUESSES])


def distance(one: str, other: str) -> int:
    """Return how many letters have to be put in, left out or exchanged to make the one of the other."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, against in enumerate(other, start=1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != against)))
        above = line
    return above[-1]


def with_names(text: str) -> str:
    """Return a text with the names of values after the step in place of their superscript +."""
    return STEPPED.sub("_new ", text)


def without_own_name(text: str, name: str) -> str:
    """Return what stands to the right of `net_h1 =` in the field net_h1; any other text as it is."""
    if len(text) > MOST or ("=" not in text and "≈" not in text):
        return text
    equation = EQUATION.fullmatch(without_latex(plain(text)))
    if equation is None or key(re.sub("[/():]", "", with_names(equation[1]))) != key(name):
        return text
    return equation[2]
