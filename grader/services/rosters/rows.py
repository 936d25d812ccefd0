"""A text becomes rows of cells, whatever separates them; a quotation mark left open costs its own line only."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.services.rosters.findings import Flaw, UnreadableRosterError, Wrong

MOST_ROWS = 5000
LONGEST_LINE = 100_000
MOST_LINES_OF_A_CELL = 20
SEPARATORS = (",", ";", "\t", "|")
SAMPLE, SAMPLE_WIDTH = 60, 2000
"""Lines, and characters of each, by which the separator is found."""

_SEPARATOR_LINE = re.compile(r'\s*"?sep=([^\w\s"]|\t)"?[\s,;]*', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\N{REPLACEMENT CHARACTER}]")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_ADDRESSEE = re.compile(r'\s*(?:"?[^"<>@]*"?\s*<)?[^\s@<>,;|]+@[^\s@<>,;|]+>?\s*')


IsTitle = Callable[[str], bool]
"""Tells whether a cell is a title of a column: by titles and e-mail addresses the separator is found."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line; a quoted cell may go on over several lines, and then `line` is the first.

    Attributes:
        wrong: why no cells could be made of it, where that is so.
        names_separator: whether it is a spreadsheet's `sep=;`.
    """

    line: int
    cells: list[str]
    wrong: Wrong | None = None
    names_separator: bool = False

    @property
    def filled(self) -> list[str]:
        """The cells that hold anything."""
        return [cell for cell in self.cells if cell.strip()]


def rows_of(text: str, is_title: IsTitle) -> list[Row]:
    """Return all rows of a text, blank ones too.

    Raises:
        UnreadableRosterError: it is no text, holds nothing, or has too many rows.
    """
    _refuse_noise(text)
    lines = text.removesuffix("\n").split("\n")
    separator = _separator(lines, is_title)
    rows: list[Row] = []
    count = 0
    for row in _rows(lines, separator):
        count += bool(row.filled)
        if count > MOST_ROWS + 1:
            raise UnreadableRosterError(Flaw(row.line, Wrong.TOO_MANY, str(MOST_ROWS)))
        rows.append(row)
    if not count:
        raise UnreadableRosterError(Flaw(1, Wrong.EMPTY))
    return rows


def _refuse_noise(text: str) -> None:
    """Characters that nobody types on most lines: these are bytes of something else."""
    lines = [bool(_CONTROL.search(line)) for line in text.split("\n") if line.strip()]
    if sum(lines) * 2 > len(lines):
        raise UnreadableRosterError(Flaw(lines.index(True) + 1, Wrong.NO_TEXT))


def _separator(lines: Sequence[str], is_title: IsTitle) -> str:
    filled = [line[:SAMPLE_WIDTH] for line in lines if line.strip()][:SAMPLE]
    said = _SEPARATOR_LINE.fullmatch(filled[0]) if filled else None
    if said is not None:
        return said[1]
    return max(SEPARATORS, key=lambda separator: _fitness(filled, separator, is_title))


def _fitness(lines: Sequence[str], separator: str, is_title: IsTitle) -> tuple[int, int, int]:
    """Titles in the row that has most of them, cells that are an e-mail address, rows that are cut at all."""
    rows = [_cut([line], separator)[0] for line in lines]
    titles = max((sum(map(is_title, cells)) for cells in rows), default=0)
    emails = sum(bool(_ADDRESSEE.fullmatch(cell)) for cells in rows for cell in cells)
    return titles, emails, sum(len(cells) > 1 for cells in rows)


def _rows(lines: Sequence[str], separator: str) -> Iterator[Row]:
    at = 0
    while at < len(lines):
        row, used = _row(lines, at, separator)
        yield row
        at += used


def _row(lines: Sequence[str], at: int, separator: str) -> tuple[Row, int]:
    """The row that begins at a line, and how many lines it takes."""
    line, number = lines[at], at + 1
    if len(line) > LONGEST_LINE:
        return Row(number, [line], Wrong.TOO_LONG), 1
    if _SEPARATOR_LINE.fullmatch(line) and not any(map(str.strip, lines[:at])):
        return Row(number, [line], names_separator=True), 1
    cells, used = _cut([line, ""], separator)
    if used == 1:
        return Row(number, cells), 1
    several = _over_several_lines(lines[at : at + MOST_LINES_OF_A_CELL], separator)
    return (
        (Row(number, several[0]), several[1]) if several else (Row(number, _cut([line], separator)[0], Wrong.QUOTES), 1)
    )


def _over_several_lines(lines: Sequence[str], separator: str) -> tuple[list[str], int] | None:
    """Cells of which one goes on over some lines; None where its quotation mark is not closed, or closed by another."""
    try:
        cells, used = _cut(lines, separator, strict=True)
    except csv.Error:
        return None
    swallowed = any(_ADDRESS.search(line) and separator in line for cell in cells for line in cell.split("\n")[1:])
    return None if swallowed else (cells, used)


def _cut(lines: Sequence[str], separator: str, *, strict: bool = False) -> tuple[list[str], int]:
    """The cells of the first record, and the number of lines that it takes."""
    straight = (f"{_straight(line, separator)}\n" for line in lines)
    reader = csv.reader(straight, delimiter=separator, strict=strict, skipinitialspace=True)
    return next(reader, []), reader.line_num


def _straight(line: str, separator: str) -> str:
    """A line whose cells a word processor has put into typographic quotation marks, with plain ones."""
    if not any(mark in line for mark in "“„«"):
        return line
    edge = re.escape(separator)
    return re.sub(rf'(^|{edge})\s*[“„«]([^“”„«»"]*)[”“»]\s*(?={edge}|$)', r'\1"\2"', line)
