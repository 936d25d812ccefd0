"""A roster as read: the people with their roles, and what happened to every other line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.services.courses.rosters import findings
from grader.services.courses.rosters.cells import addresses_in, valid_domain
from grader.services.courses.rosters.columns import WHO, RosterLayout, column_of, is_title_row, layout_of
from grader.services.courses.rosters.entries import RosterEntry, nobody, titled_people, untitled_people, without_repeats
from grader.services.courses.rosters.file_text import RosterRow, as_lines, decode, rows_of

Line = RosterEntry | findings.RosterFlaw | findings.PassedOver
FIRST_ROWS = 60
"""The number of rows among which the headings are searched."""

SAMPLE = 200
"""Rows that are sampled to identify columns with unknown headings."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The result of reading a file or a pasted text.

    Attributes:
        text: as read, to be read again on confirmation.
        unused: headings of ignored columns.
        domain: completes logins to e-mail addresses.
        code_page: the encoding assumed for lines that are not UTF-8; `code_page_line` is the first of them.
    """

    text: str
    entries: tuple[RosterEntry, ...] = ()
    flaws: tuple[findings.RosterFlaw, ...] = ()
    passed: tuple[findings.PassedOver, ...] = ()
    unused: tuple[str, ...] = ()
    domain: str = ""
    code_page: str = ""
    code_page_line: int = 0


@dataclass(slots=True)
class _Reading:
    """The state of reading; `head` is the line with the headings, or 0."""

    domain: str
    head: int = 0
    layout: RosterLayout | None = None
    unused: dict[str, None] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def read_file(content: bytes, domain: str = "", code_page: str = "") -> Roster:
    """Read a file; anything unreadable is reported among the flaws."""
    try:
        decoded = decode(content, code_page)
    except findings.UnreadableRosterError as unreadable:
        return Roster("", flaws=(unreadable.flaw,), domain=domain)
    return read_text(decoded.text, domain, (decoded.code_page, decoded.line))


def read_text(pasted: str, domain: str = "", code_page: tuple[str, int] = ("", 0)) -> Roster:
    """Read a text; anything unreadable is reported among the flaws."""
    text = as_lines(pasted)
    completing = valid_domain(domain) if domain.strip() else ""
    if completing is None:
        return Roster(
            text,
            flaws=(findings.RosterFlaw(0, findings.RosterProblem.BAD_DOMAIN, findings.short(domain)),),
            domain=domain.strip(),
        )
    reading = _Reading(completing)
    try:
        _read_rows(reading, rows_of(text, lambda cell: column_of(cell) is not None))
    except findings.UnreadableRosterError as unreadable:
        return Roster(text, flaws=(unreadable.flaw,), domain=completing)
    entries, repeated = without_repeats([line for line in reading.lines if isinstance(line, RosterEntry)])
    said = [*(line for line in reading.lines if not isinstance(line, RosterEntry)), *repeated]
    flaws = tuple(sorted((line for line in said if isinstance(line, findings.RosterFlaw)), key=lambda flaw: flaw.line))
    passed = tuple(sorted((line for line in said if isinstance(line, findings.PassedOver)), key=lambda line: line.line))
    if not entries and not flaws:
        flaws = (findings.RosterFlaw(1, findings.RosterProblem.EMPTY),)
    return Roster(text, entries, flaws, _together(passed), tuple(reading.unused), reading.domain, *code_page)


def _read_rows(reading: _Reading, rows: Sequence[RosterRow]) -> None:
    filled = [row for row in rows if row.filled and not row.names_separator]
    if not filled:
        raise findings.UnreadableRosterError(findings.RosterFlaw(1, findings.RosterProblem.EMPTY))
    titles = next((row for at, row in enumerate(filled[:FIRST_ROWS]) if _is_head(filled[at : at + SAMPLE], at)), None)
    _refuse_without_addresses(filled, titles, reading.domain)
    reading.head = 0 if titles is None else titles.line
    for at, row in enumerate(rows):
        if row.names_separator or not row.filled:
            why = findings.Nobody.SEPARATOR if row.names_separator else findings.Nobody.BLANK
            reading.lines.append(findings.PassedOver(row.line, why, findings.short(", ".join(row.filled)), row.line))
        elif titles is not None and row.line < titles.line:
            reading.lines.append(_above(row))
        else:
            reading.lines += _read(reading, rows[at : at + SAMPLE], is_first=row is filled[0])


def _is_head(rows: Sequence[RosterRow], at: int) -> bool:
    """Return whether the first of some rows is a heading row; below other lines, the next row has to match it."""
    if at == 0 or not is_title_row(rows[0], first=False):
        return at == 0 and is_title_row(rows[0], first=True)
    return len(rows) == 1 or layout_of(rows[0], rows[1:]).fits(rows[1].cells)


def _refuse_without_addresses(filled: Sequence[RosterRow], titles: RosterRow | None, domain: str) -> None:
    """Reject a roster without identifying columns, and name the headings that it has.

    Raises:
        UnreadableRosterError: it is such a roster.
    """
    if titles is not None:
        known = {column_of(title) for title in titles.cells}
        told_apart = bool(WHO & known) or bool(layout_of(titles, filled[:SAMPLE]).places.keys() & WHO)
    else:
        told_apart = bool(domain) or any("@" in cell for row in filled for cell in row.cells)
    if not told_apart:
        row = titles or filled[0]
        raise findings.UnreadableRosterError(
            findings.RosterFlaw(
                row.line, findings.RosterProblem.NO_EMAIL_COLUMN, findings.short(", ".join(map(str.strip, row.filled)))
            )
        )


def _above(row: RosterRow) -> Line:
    text = findings.short(", ".join(row.filled))
    is_somebody = any(addresses_in(cell).found for cell in row.filled)
    return (
        findings.RosterFlaw(row.line, findings.RosterProblem.ABOVE_TITLES, text)
        if is_somebody
        else findings.PassedOver(row.line, findings.Nobody.ABOVE, text)
    )


def _read(reading: _Reading, rows: Sequence[RosterRow], *, is_first: bool) -> Iterator[Line]:
    """Interpret the first of some rows, after any headings."""
    row = rows[0]
    text = findings.short(", ".join(row.filled))
    if row.wrong is not None:
        yield findings.RosterFlaw(row.line, row.wrong, text)
    elif row.line == reading.head:
        _lay_out(reading, layout_of(row, rows[1:]))
    elif is_title_row(row, first=False):
        yield findings.PassedOver(row.line, findings.Nobody.TITLES, text)
        _lay_out_again(reading, rows)
    elif (why := nobody(row, reading.layout)) is not None:
        yield findings.PassedOver(row.line, why, text)
    elif reading.layout is not None:
        yield from titled_people(row, reading.layout, reading.domain)
    else:
        yield from _untitled(row, reading.domain, is_first=is_first)


def _lay_out(reading: _Reading, layout: RosterLayout) -> None:
    reading.layout = layout
    reading.unused.update(dict.fromkeys(layout.unused))


def _lay_out_again(reading: _Reading, rows: Sequence[RosterRow]) -> None:
    """Use headings in the middle of a roster from here on, if the next row matches them."""
    layout, following = layout_of(rows[0], rows[1:]), next((one for one in rows[1:] if one.filled), None)
    if following is not None and layout.fits(following.cells):
        _lay_out(reading, layout)


def _untitled(row: RosterRow, domain: str, *, is_first: bool) -> Iterator[Line]:
    holds_digits = any(letter.isdigit() for cell in row.cells for letter in cell)
    has_address = any("@" in cell for cell in row.cells)
    are_words = len(row.filled) > 1 or all(map(column_of, row.filled[0].split()))
    if is_first and not domain and not has_address and not holds_digits and are_words:
        yield findings.PassedOver(row.line, findings.Nobody.UNKNOWN_TITLES, findings.short(", ".join(row.filled)))
    else:
        yield from untitled_people(row, domain)


def _together(passed: Sequence[findings.PassedOver]) -> tuple[findings.PassedOver, ...]:
    """Merge consecutive blank lines into one finding."""
    together: list[findings.PassedOver] = []
    for one in passed:
        last = together[-1] if together else None
        if last and one.why is last.why is findings.Nobody.BLANK and one.line == last.other + 1:
            together[-1] = findings.PassedOver(last.line, findings.Nobody.BLANK, other=one.line)
        else:
            together.append(one)
    return tuple(together)
