"""The formulas of a statement, separate from placeholders so that grading loads neither Markdown nor MathML."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin

LATEX = LatexToMathML()
FORMULAS = {"math_inline": False, "math_inline_double": True, "math_block": True, "math_block_label": True}
"""Token types of formulas, and whether they are display formulas."""

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
REASON = re.compile(r"Error: (.*)")
"""math-core formats its errors for a terminal; the first line gives the reason."""


@dataclass(frozen=True, slots=True)
class StatementFormula:
    """One formula of a text.

    Attributes:
        latex: the text between the dollar signs.
        block: whether it is a display formula.
        line: where its paragraph begins, from 1.
    """

    latex: str
    block: bool
    line: int


def formula_reader(**shown: Callable[..., str]) -> MarkdownIt:
    """Return the parser of statements: Markdown without HTML, with tables and formulas between dollar signs.

    Args:
        shown: how formulas are rendered, in the form that the dollarmath plugin expects.
    """
    return MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, **shown)


def formulas(markdown: str) -> Iterator[StatementFormula]:
    """Yield every formula, in text order."""
    line = 1
    for token in formula_reader().parse(markdown):
        line = token.map[0] + 1 if token.map else line
        for part in _parts(token):
            if part.type in FORMULAS:
                yield StatementFormula(part.content.strip(), FORMULAS[part.type], line)


def fault(formula: StatementFormula) -> str | None:
    """Return why a formula cannot be rendered, or None."""
    try:
        LATEX.convert_with_local_state(formula.latex, displaystyle=formula.block)
    except LatexError as error:
        found = REASON.search(COLOUR.sub("", str(error)))
        return found[1] if found else "it is no LaTeX that can be read"
    return None


def _parts(token: Token) -> Iterator[Token]:
    yield token
    for child in token.children or ():
        yield from _parts(child)
