"""The formulas of a statement. Apart from its places: grading loads no Markdown and no MathML."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin

LATEX = LatexToMathML()
FORMULAS = {"math_inline": False, "math_inline_double": True, "math_block": True, "math_block_label": True}
"""What the formulas in a text are called, and whether they stand on a line of their own."""

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
REASON = re.compile(r"Error: (.*)")
"""math-core draws its errors for a terminal; the first line says what is off."""


@dataclass(frozen=True, slots=True)
class StatementFormula:
    """One formula of a text.

    Attributes:
        latex: what stands between the dollars.
        block: whether it stands on a line of its own.
        line: in which the paragraph begins that it stands in, from 1 on.
    """

    latex: str
    block: bool
    line: int


def formula_reader(**shown: Callable[..., str]) -> MarkdownIt:
    """What reads a statement: Markdown without HTML, with tables, with formulas between dollars.

    Args:
        shown: how formulas are rendered, as dollarmath's plugin takes it.
    """
    return MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, **shown)


def formulas(markdown: str) -> Iterator[StatementFormula]:
    """Every formula, in the order of the text."""
    line = 1
    for token in formula_reader().parse(markdown):
        line = token.map[0] + 1 if token.map else line
        for part in _parts(token):
            if part.type in FORMULAS:
                yield StatementFormula(part.content.strip(), FORMULAS[part.type], line)


def fault(formula: StatementFormula) -> str | None:
    """Why a formula can't be shown; None where it can."""
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
