"""LaTeX and Markdown as HTML that satisfies a strict content security policy.

No text is trusted: Markdown is parsed without HTML, and math-core escapes formulas. Style attributes written by the
libraries become classes, because the policy refuses inline styles.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
from math_core import LatexError, LatexToMathML

from grader.catalog.mathematics import formula_reader as statement_reader

LATEX = LatexToMathML()
STYLED_TAG = re.compile(r'(<[a-z]+[^>]*?) style="([^"]*)"')
CLASSES = {
    "text-align:right": "to-right",
    "text-align:left": "to-left",
    "text-align:center": "to-centre",
    "padding-left:0": "flush-left",
    "padding-right:0": "flush-right",
    "padding-left:1em": "gap-left",
}
LOWEST_HEADING = 6


@lru_cache(maxsize=4096)
def formula(latex: str, *, block: bool = False) -> Markup:
    """Return the MathML of a formula, or its source as code if it cannot be parsed: a label must not break a page."""
    try:
        mathml = LATEX.convert_with_local_state(latex, displaystyle=block)
    except LatexError:
        return Markup("<code>{}</code>").format(latex)
    return Markup(STYLED_TAG.sub(_with_classes, mathml))  # noqa: S704 - math-core escapes the text inside formulas


def statement(markdown: str) -> Markup:
    """Return the HTML of a statement: no raw HTML, formulas between dollar signs, headings one level down."""
    return _statement(markdown, escape(_("Table")), escape(_("Formula")))


@lru_cache(maxsize=256)
def _statement(markdown: str, table: str, formula: str) -> Markup:
    return Markup(MARKDOWN.render(markdown, {"table": table, "formula": formula}))  # noqa: S704 - rendered with html=False


def symbol(name: str) -> Markup:
    """Return the MathML of an ASCII name with its digits as an index: `x1` is x with index 1."""
    letters, index = re.fullmatch(r"([A-Za-z]*)_?(.*)", name, re.DOTALL).groups()  # type: ignore[union-attr]  # matches any text
    return formula(f"{letters}_{{{index}}}" if letters and index else name)


def _with_classes(tag: re.Match[str]) -> str:
    classes = _classes(tag[2])
    return f'{tag[1]} class="{classes}"' if classes else tag[1]


def _classes(style: str) -> str:
    declarations = (declaration.replace(" ", "") for declaration in style.split(";"))
    return " ".join(CLASSES[declaration] for declaration in declarations if declaration in CLASSES)


def _tidy(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST_HEADING)}"
        style = token.attrs.pop("style", None)
        if style is not None:
            token.attrSet("class", _classes(str(style)))


def _table_open(renderer: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    # A wide table scrolls on its own, and by keyboard, instead of widening the page.
    opening = f'<div class="scroll" tabindex="0" role="group" aria-label="{env["table"]}">'
    return opening + renderer.renderToken(tokens, idx, options, env)


def _table_close(renderer: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, _env: EnvType) -> str:
    return renderer.renderToken(tokens, idx, options, _env) + "</div>"


def _formula_block(
    _renderer: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType
) -> str:
    # the same for a long formula
    opening = f'<div class="math block" tabindex="0" role="group" aria-label="{env["formula"]}">'
    return f"{opening}{formula(tokens[idx].content.strip(), block=True)}</div>\n"


def _markdown() -> MarkdownIt:
    reader = statement_reader(
        renderer=lambda latex, how: str(formula(latex.strip(), block=bool(how["display_mode"]))),
        label_renderer=lambda label: str(escape(label)),
    )
    reader.core.ruler.push("tidy", _tidy)
    reader.add_render_rule("math_block", _formula_block)
    reader.add_render_rule("table_open", _table_open)
    reader.add_render_rule("table_close", _table_close)
    return reader


MARKDOWN = _markdown()
