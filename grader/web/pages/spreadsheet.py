"""CSV that a spreadsheet opens as a table and never as a program."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel reads UTF-8 as its own code page
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would evaluate; a plain number is none of it."""
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text


def lines(rows: Iterable[Sequence[str]], *, marked: bool = True) -> Iterator[str]:
    """Write the rows one by one, so that a long table needs no memory; without a mark for those who are no Excel."""
    if marked:
        yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([guarded(text) for text in row])
        yield line.getvalue()
