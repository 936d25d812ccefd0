"""The text and rows of a roster file of any origin."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader.services.courses.rosters.findings import RosterFlaw, RosterProblem, UnreadableRosterError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CODE_PAGES: Mapping[str, str] = MappingProxyType(
    {"cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1258": "Windows-1258", "mac_roman": "Mac Roman"}
)
"""Code pages of files that are not Unicode, most likely first, with their display names."""

_NOT_LISTS: Mapping[bytes, str] = MappingProxyType(
    {
        b"PK\x03\x04": "Excel (.xlsx), OpenDocument (.ods), ZIP",
        b"\xd0\xcf\x11\xe0": "Excel (.xls)",
        b"%PDF": "PDF",
        b"\x89PNG": "PNG",
        b"\xff\xd8\xff": "JPEG",
        b"GIF8": "GIF",
        b"\x1f\x8b": "gzip",
        b"{\\rtf": "RTF",
    }
)
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_LINE_ENDS_OF_TEXT = re.compile("\r\n?|\u2028|\u2029")
_TYPOGRAPHIC = "‘’“”„«»‹›–—…·ªº°\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text; if a code page had to be guessed, which one, and the first line that needed it."""

    text: str
    code_page: str = ""
    line: int = 0


def decode(content: bytes, code_page: str = "") -> Decoded:
    """Return the text of a file with line feeds as line endings; `code_page` is the encoding chosen by a person.

    Each line that is valid UTF-8 is decoded as such, so that one line in a code page does not spoil the others.

    Raises:
        UnreadableRosterError: it is not text, or not in the chosen encoding; names the first offending line.
    """
    kind = next((kind for start, kind in _NOT_LISTS.items() if content.startswith(start)), None)
    if kind is not None:
        raise UnreadableRosterError(RosterFlaw(1, RosterProblem.OTHER_FORMAT, kind))
    encoding, mark = next(((name, mark) for mark, name in _MARKS if content.startswith(mark)), ("", b""))
    if encoding or (encoding := code_page or _wide(content)):
        return Decoded(_strictly(content[len(mark) :], encoding))
    return _by_lines(_LINE_ENDS.split(content), likely=("mac_roman",) if _is_from_a_mac(content) else ())


def as_lines(text: str) -> str:
    """Return a text with line feeds as line endings."""
    return _LINE_ENDS_OF_TEXT.sub("\n", text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return as_lines(content.decode(encoding))
    except UnicodeDecodeError as error:
        before = as_lines(content[: error.start].decode(encoding, "replace"))
        raise UnreadableRosterError(RosterFlaw(before.count("\n") + 1, RosterProblem.ENCODING)) from None
    except LookupError:
        raise UnreadableRosterError(RosterFlaw(0, RosterProblem.ENCODING)) from None


def _by_lines(lines: list[bytes], likely: tuple[str, ...]) -> Decoded:
    texts = [_utf_8(line) for line in lines]
    others = [line for line, text in zip(lines, texts, strict=True) if text is None]
    if not others:
        return Decoded(as_lines("\n".join(text or "" for text in texts)))
    words = b"\n".join(others)
    page = min((*likely, *CODE_PAGES), key=lambda page: oddities(words.decode(page, "replace")))
    first = texts.index(None) + 1
    whole = [line.decode(page, "replace") if text is None else text for line, text in zip(lines, texts, strict=True)]
    return Decoded(as_lines("\n".join(whole)), CODE_PAGES[page], first)


def _utf_8(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def oddities(text: str) -> int:
    """Count patterns that names hardly ever contain: the code page with the fewest is the most plausible one."""
    return sum(
        _oddity(*three) for three in zip(f" {text}", text, f"{text[1:]} ", strict=False) if not three[1].isascii()
    )


def _oddity(before: str, letter: str, after: str) -> int:
    """Rate how odd a character is between its neighbours: not a letter, a symbol or a capital within a word."""
    category = unicodedata.category(letter)
    if letter == "\N{REPLACEMENT CHARACTER}" or category == "Cc":
        return 3
    if category.startswith("M"):
        return 0 if before.isalpha() else 1
    if letter.isalpha():
        return int(letter.isupper() and before.isalpha() and (before.islower() or after.islower()))
    return int(letter not in _TYPOGRAPHIC and (before.isalpha() or after.isalpha()))


def _is_from_a_mac(content: bytes) -> bool:
    """Return whether the line endings are those of old Mac programs."""
    return b"\r" in content and b"\n" not in content


def _wide(content: bytes) -> str:
    """Detect UTF-16 without a byte order mark: every other byte of plain letters is zero."""
    sample = content[:200]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) or not sample:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


MOST_ROWS = 5000
LONGEST_LINE = 100_000
MOST_LINES_OF_A_CELL = 20
SEPARATORS = (",", ";", "\t", "|")
SAMPLE, SAMPLE_WIDTH = 60, 2000
"""Lines, and characters of each, that are sampled to find the separator."""

_SEPARATOR_LINE = re.compile(r'\s*"?sep=([^\w\s"]|\t)"?[\s,;]*', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\N{REPLACEMENT CHARACTER}]")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_ADDRESSEE = re.compile(r'\s*(?:"?[^"<>@]*"?\s*<)?[^\s@<>,;|]+@[^\s@<>,;|]+>?\s*')


IsTitle = Callable[[str], bool]
"""Tells whether a cell is a column heading: the separator is found by headings and e-mail addresses."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """The cells of one line; if a quoted cell spans several lines, `line` is the first.

    Attributes:
        wrong: why the line could not be split into cells, if so.
        names_separator: whether it is a spreadsheet's `sep=;`.
    """

    line: int
    cells: list[str]
    wrong: RosterProblem | None = None
    names_separator: bool = False

    @property
    def filled(self) -> list[str]:
        """The cells with content."""
        return [cell for cell in self.cells if cell.strip()]


def rows_of(text: str, is_title: IsTitle) -> list[RosterRow]:
    """Return all rows of a text, including blank ones.

    Raises:
        UnreadableRosterError: it is not text, is empty, or has too many rows.
    """
    _refuse_noise(text)
    lines = text.removesuffix("\n").split("\n")
    separator = _separator(lines, is_title)
    rows: list[RosterRow] = []
    count = 0
    for row in _rows(lines, separator):
        count += bool(row.filled)
        if count > MOST_ROWS + 1:
            raise UnreadableRosterError(RosterFlaw(row.line, RosterProblem.TOO_MANY, str(MOST_ROWS)))
        rows.append(row)
    if not count:
        raise UnreadableRosterError(RosterFlaw(1, RosterProblem.EMPTY))
    return rows


def _refuse_noise(text: str) -> None:
    """Reject text in which most lines contain characters that nobody types: binary data."""
    lines = [bool(_CONTROL.search(line)) for line in text.split("\n") if line.strip()]
    if sum(lines) * 2 > len(lines):
        raise UnreadableRosterError(RosterFlaw(lines.index(True) + 1, RosterProblem.NO_TEXT))


def _separator(lines: Sequence[str], is_title: IsTitle) -> str:
    filled = [line[:SAMPLE_WIDTH] for line in lines if line.strip()][:SAMPLE]
    said = _SEPARATOR_LINE.fullmatch(filled[0]) if filled else None
    if said is not None:
        return said[1]
    return max(SEPARATORS, key=lambda separator: _fitness(filled, separator, is_title))


def _fitness(lines: Sequence[str], separator: str, is_title: IsTitle) -> tuple[int, int, int]:
    """Rate a separator: headings in the best row, cells that are e-mail addresses, rows that are split at all."""
    rows = [_cut([line], separator)[0] for line in lines]
    titles = max((sum(map(is_title, cells)) for cells in rows), default=0)
    emails = sum(bool(_ADDRESSEE.fullmatch(cell)) for cells in rows for cell in cells)
    return titles, emails, sum(len(cells) > 1 for cells in rows)


def _rows(lines: Sequence[str], separator: str) -> Iterator[RosterRow]:
    at = 0
    while at < len(lines):
        row, used = _row(lines, at, separator)
        yield row
        at += used


def _row(lines: Sequence[str], at: int, separator: str) -> tuple[RosterRow, int]:
    """Return the row that begins at a line, and how many lines it takes."""
    line, number = lines[at], at + 1
    if len(line) > LONGEST_LINE:
        return RosterRow(number, [line], RosterProblem.TOO_LONG), 1
    if _SEPARATOR_LINE.fullmatch(line) and not any(map(str.strip, lines[:at])):
        return RosterRow(number, [line], names_separator=True), 1
    cells, used = _cut([line, ""], separator)
    if used == 1:
        return RosterRow(number, cells), 1
    several = _over_several_lines(lines[at : at + MOST_LINES_OF_A_CELL], separator)
    return (
        (RosterRow(number, several[0]), several[1])
        if several
        else (RosterRow(number, _cut([line], separator)[0], RosterProblem.QUOTES), 1)
    )


def _over_several_lines(lines: Sequence[str], separator: str) -> tuple[list[str], int] | None:
    """Return cells of which one spans several lines; None if its quotation mark is not closed properly."""
    try:
        cells, used = _cut(lines, separator, strict=True)
    except csv.Error:
        return None
    swallowed = any(_ADDRESS.search(line) and separator in line for cell in cells for line in cell.split("\n")[1:])
    return None if swallowed else (cells, used)


def _cut(lines: Sequence[str], separator: str, *, strict: bool = False) -> tuple[list[str], int]:
    """Return the cells of the first record, and how many lines it takes."""
    straight = (f"{_straight(line, separator)}\n" for line in lines)
    reader = csv.reader(straight, delimiter=separator, strict=strict, skipinitialspace=True)
    return next(reader, []), reader.line_num


def _straight(line: str, separator: str) -> str:
    """Replace a word processor's typographic quotation marks around cells by straight ones."""
    if not any(mark in line for mark in "“„«"):
        return line
    edge = re.escape(separator)
    return re.sub(rf'(^|{edge})\s*[“„«]([^“”„«»"]*)[”“»]\s*(?={edge}|$)', r'\1"\2"', line)
