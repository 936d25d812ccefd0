"""CSV that a spreadsheet opens as a table and never as a program."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel reads UTF-8 as its own code page
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - Excel evaluates wide signs too
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
"""What every spreadsheet with decimal points reads as the number that it is."""

_MONTH = (
    "jan|gen|ene|sty|feb|fév|fev|lut|mar|mär|mrz|mrt|apr|avr|abr|kwi|may|mai|mei|mag|maj|jun|juin|giu|cze|jul|juil|lug|"
    "lip|aug|aoû|ago|sie|sep|set|wrz|oct|okt|ott|out|paź|nov|lis|dec|déc|dez|dic|gru"
)
CHANGED = re.compile(rf"[\d+\-.,/:%'$€£(].*|({_MONTH})\w*[-./ ]?\d.*|true|false", re.IGNORECASE | re.DOTALL)
"""What a spreadsheet takes for a number, a date, a time or a truth value, and stores as that."""


class Identifier(str):
    """A text that has to stay as it is, though it may look like a number: 0012345, 3E7, 1-2."""

    __slots__ = ()


def as_typed(text: str) -> str:
    """Return what was typed so that a spreadsheet leaves it alone, be it a fraction (1/3) or a decimal comma (0,38)."""
    return text if DECIMAL.fullmatch(text) else Identifier(text)


Cell = str | float | None
"""A text, a number, or nothing."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a table is written.

    Attributes:
        marked: whether the file begins with a byte order mark: Excel wants one, importers trip over it.
        comma: whether decimals have a comma; then cells are separated by semicolons, as spreadsheets do it there.
        for_eyes: whether identifiers are written as `="0012345"`, by which spreadsheets leave them alone; programs
            that import a file want them as they are.
    """

    marked: bool = True
    comma: bool = False
    for_eyes: bool = True


PLAIN = Style(marked=False, for_eyes=False)
"""For programs."""


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would evaluate; a plain number is none of it."""
    evaluated = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if evaluated and not NUMBER.fullmatch(text) else text


def number(value: float) -> str:
    """Write a number with a decimal point, and as many decimals as Moodle keeps."""
    return f"{round(value, 5):.10g}"


def lines(rows: Iterable[Sequence[Cell]], style: Style = Style()) -> Iterator[str]:
    """Write the rows one by one, so that a long table needs no memory."""
    if style.marked:
        yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";" if style.comma else ",").writerow([_written(cell, style) for cell in row])
        yield line.getvalue()


def _written(cell: Cell, style: Style) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return number(cell).replace(".", "," if style.comma else ".")
    if style.for_eyes and isinstance(cell, Identifier) and CHANGED.fullmatch(cell):
        return '="{}"'.format(cell.replace('"', '""'))
    return guarded(cell)
