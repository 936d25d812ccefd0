"""A roster as it was read: who shall be in a course as what, and what is wrong with which line."""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.services.errors import UnusableEmail
from grader.services.register import normal_email
from grader.services.roster_columns import ROLES, Column, Layout, layout_of, plain
from grader.services.roster_text import Flaw, Row, UnreadableRosterError, Wrong, as_lines, decode, rows_of
from grader.store.enrolments import CourseRole

LONGEST_NAME, LONGEST_NUMBER = 200, 64
SHOWN = 60
"""Characters of a wrong cell that are said again."""

POINTS_POSSIBLE = "pointspossible"
"""What Canvas writes in the second row of a gradebook, where others have a student."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a roster; without a role or a number what the person has stays."""

    line: int
    email: str
    name: str
    role: CourseRole | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Roster:
    """All that a file or a pasted text says.

    Attributes:
        text: as it was read, to be read again when it is confirmed.
        unused: titles of columns that are not looked at.
    """

    text: str
    entries: tuple[Entry, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    unused: tuple[str, ...] = ()


def read_file(content: bytes) -> Roster:
    """Read a file; what cannot be read of it is among the flaws."""
    try:
        return read_text(decode(content))
    except UnreadableRosterError as unreadable:
        return Roster("", flaws=(unreadable.flaw,))


def read_text(pasted: str) -> Roster:
    """Read a text; what cannot be read of it is among the flaws."""
    text = as_lines(pasted)
    try:
        rows = rows_of(text)
    except UnreadableRosterError as unreadable:
        return Roster(text, flaws=(unreadable.flaw,))
    layout = layout_of(rows[0].cells)
    if not {Column.EMAIL, Column.LOGIN} & layout.places.keys():
        return Roster(text, flaws=(Flaw(rows[0].line, Wrong.NO_EMAIL_COLUMN, _short(", ".join(rows[0].cells))),))
    people = rows[1:] if layout.titled else rows
    read = [_entry(row, layout) for row in people if plain("".join(row.cells[:1])) != POINTS_POSSIBLE]
    entries = tuple(one for one in read if isinstance(one, Entry))
    flaws = [flaw for one in read if isinstance(one, list) for flaw in one]
    if not read:
        flaws.append(Flaw(rows[0].line, Wrong.EMPTY))
    by_line = sorted([*flaws, *_twice(entries)], key=lambda flaw: flaw.line)
    return Roster(text, entries, tuple(by_line), layout.unused)


def _entry(row: Row, layout: Layout) -> Entry | list[Flaw]:
    """The person of a row, or all that is wrong with it."""
    name, number, role = layout.name(row.cells), layout.number(row.cells), layout.cell(row.cells, Column.ROLE)
    email, flaws = _email(row, layout), list(_flaws(row, layout, name, number))
    if role and plain(role) not in ROLES:
        flaws.append(Flaw(row.line, Wrong.UNKNOWN_ROLE, _short(role)))
    if isinstance(email, Flaw):
        return [email, *flaws]
    return flaws or Entry(row.line, email, name, ROLES.get(plain(role)), number or None)


def _email(row: Row, layout: Layout) -> str | Flaw:
    typed = layout.email(row.cells)
    if not typed:
        return Flaw(row.line, Wrong.NO_EMAIL)
    try:
        return normal_email(typed)
    except UnusableEmail:
        return Flaw(row.line, Wrong.BAD_EMAIL, _short(typed))


def _flaws(row: Row, layout: Layout, name: str, number: str) -> Iterator[Flaw]:
    if any(cell.strip() for cell in row.cells[layout.width :]):
        yield Flaw(row.line, Wrong.TOO_MANY_CELLS, _short(", ".join(row.cells)))
    for text, most in ((name, LONGEST_NAME), (number, LONGEST_NUMBER)):
        if len(text) > most:
            yield Flaw(row.line, Wrong.TOO_LONG, _short(text))
        if not text.isprintable():
            yield Flaw(row.line, Wrong.UNPRINTABLE, _short(text))


def _twice(entries: tuple[Entry, ...]) -> Iterator[Flaw]:
    emails: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for entry in entries:
        first = emails.setdefault(entry.email, entry.line)
        if first != entry.line:
            yield Flaw(entry.line, Wrong.TWICE, entry.email, first)
        elif entry.number is not None and numbers.setdefault(entry.number, entry.line) != entry.line:
            yield Flaw(entry.line, Wrong.NUMBER_TWICE, entry.number, numbers[entry.number])


def _short(text: str) -> str:
    visible = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return visible if len(visible) <= SHOWN else f"{visible[:SHOWN]}…"
