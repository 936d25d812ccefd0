"""A roster as it arrives: bytes of some encoding, cells parted by commas, semicolons or tabs."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

MOST_ROWS = 5000
PARTS = ",;\t"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Wrong(StrEnum):
    """What may be wrong with a line of a roster, or with all of it."""

    ENCODING = "encoding"
    NO_TEXT = "no-text"
    EMPTY = "empty"
    QUOTES = "quotes"
    TOO_MANY = "too-many"
    NO_EMAIL_COLUMN = "no-email-column"
    BAD_EMAIL = "bad-email"
    NO_EMAIL = "no-email"
    TWICE = "twice"
    NUMBER_TWICE = "number-twice"
    NUMBER_TAKEN = "number-taken"
    UNKNOWN_ROLE = "unknown-role"
    TOO_LONG = "too-long"
    UNPRINTABLE = "unprintable"
    TOO_MANY_CELLS = "too-many-cells"
    LAST_INSTRUCTOR = "last-instructor"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a line; `text` is what stands there, `other` a line that it has to do with."""

    line: int
    wrong: Wrong
    text: str = ""
    other: int = 0


class UnreadableRosterError(ValueError):
    """A whole roster that cannot be read."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.wrong.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line, and the line's number; a quoted cell may go on over several, and then it is the first."""

    line: int
    cells: list[str]


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 (with or without a mark) or UTF-16, its lines ended by line feeds.

    Raises:
        UnreadableRosterError: it is in another encoding; the first line that shows it is named.
    """
    encoding, mark = next(((name, mark) for mark, name in _MARKS if content.startswith(mark)), (_guess(content), b""))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        before = content[len(mark) : len(mark) + error.start].decode(encoding, "replace")
        raise UnreadableRosterError(Flaw(_lines(before), Wrong.ENCODING)) from None
    return as_lines(text)


def as_lines(text: str) -> str:
    """Return a text with its lines ended by line feeds, however they were ended before."""
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")


def rows_of(text: str) -> list[Row]:
    """Return the rows of a text that hold anything.

    Raises:
        UnreadableRosterError: it is no text, a quote is not closed, or there are too many rows.
    """
    if "\0" in text:
        raise UnreadableRosterError(Flaw(_lines(text.partition("\0")[0]), Wrong.NO_TEXT))
    rows: list[Row] = []
    for row in _read(text):
        if len(rows) > MOST_ROWS:
            raise UnreadableRosterError(Flaw(row.line, Wrong.TOO_MANY, str(MOST_ROWS)))
        if any(cell.strip() for cell in row.cells):
            rows.append(row)
    if not rows:
        raise UnreadableRosterError(Flaw(1, Wrong.EMPTY))
    return rows


def _read(text: str) -> Iterator[Row]:
    reader = csv.reader(StringIO(text), delimiter=_parted_by(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableRosterError(Flaw(line, Wrong.QUOTES)) from None


def _parted_by(text: str) -> str:
    """The sign that parts most cells of the first line that holds any."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max(PARTS, key=first.count)


def _guess(content: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte of plain letters."""
    sample = content[:200]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample):
        return "utf-8"
    return "utf-16-be" if even > odd else "utf-16-le"


def _lines(text: str) -> int:
    return as_lines(text).count("\n") + 1
