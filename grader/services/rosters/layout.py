"""Which column of a list holds what, by its row of titles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.services.rosters.addresses import addresses_in
from grader.services.rosters.cells import name_of, tidy
from grader.services.rosters.rows import Row
from grader.services.rosters.titles import Column, column_of

WHO = frozenset({Column.EMAIL, Column.LOGIN, Column.NUMBER})
"""Columns that tell people apart."""

SURNAMES = (Column.LAST, Column.FAMILY)
GIVEN_NAMES = (Column.FIRST, Column.GIVEN)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cell of a row holds what.

    Attributes:
        width: how many columns there are.
        unused: titles of columns that are not looked at; `#3` is the third column, which has none.
    """

    places: Mapping[Column, int]
    width: int
    unused: tuple[str, ...] = ()

    def cell(self, row: Sequence[str], column: Column) -> str:
        """Return what a row holds of a column, empty where there is no such column."""
        place = self.places.get(column)
        return "" if place is None or place >= len(row) else row[place]

    def name(self, row: Sequence[str]) -> str:
        """Return a person's name, put together where it is spread over columns, in the order in which it is spoken."""
        whole = self.cell(row, Column.FULL) or self.cell(row, Column.NAME)
        if (found := addresses_in(whole).found) != ():
            whole = found[0].name
        if whole.strip():
            return name_of(whole)
        surname = next(filter(None, (name_of(self.cell(row, column)) for column in SURNAMES)), "")
        given = next(filter(None, (name_of(self.cell(row, column)) for column in GIVEN_NAMES)), "")
        middle = name_of(self.cell(row, Column.MIDDLE))
        is_vietnamese = bool(self.places.keys() & {Column.FAMILY, Column.GIVEN})
        parts = (surname, middle, given) if is_vietnamese else (given, middle, surname)
        return " ".join(filter(None, parts))

    def holds_anything(self, row: Sequence[str]) -> bool:
        """Tell whether a row holds anything in a column that is looked at."""
        return any(self.cell(row, column).strip() for column in self.places)

    def fits(self, row: Sequence[str]) -> bool:
        """Tell whether a row has no more cells than there are columns, and addresses where the titles say so."""
        addressed = {place for place, cell in enumerate(row) if addresses_in(cell).found}
        told_by = [self.places[column] for column in (Column.EMAIL, Column.LOGIN) if column in self.places]
        is_told = addressed <= set(told_by) and any(self.cell(row, column).strip() for column in WHO)
        is_addressed = Column.EMAIL not in self.places or bool(addressed)
        return is_told and is_addressed and not any(cell.strip() for cell in row[self.width :])


def is_title_row(row: Row, *, first: bool) -> bool:
    """Tell whether a row names columns; later rows have to look like it more clearly than the first."""
    filled = row.filled
    if row.wrong or any(addresses_in(cell).found for cell in filled):
        return False
    known = [column for column in map(column_of, filled) if column is not None]
    if first:
        return bool(known)
    return len(set(known)) > 1 and bool(WHO & set(known))


def layout_of(titles: Row, below: Sequence[Row]) -> Layout:
    """Read a row of titles; an e-mail column whose title is not known is found by what is in it."""
    places: dict[Column, int] = {}
    for place, title in enumerate(titles.cells):
        column = column_of(title)
        if column is not None and (column not in places or _is_better(title, titles.cells[places[column]])):
            places[column] = place
    others = {place for column, place in places.items() if column not in {Column.FULL, Column.NAME}}
    free = [place for place in range(len(titles.cells)) if place not in others]
    by_content = None if Column.EMAIL in places else _column_of_addresses(below, free)
    if by_content is not None:
        places[Column.EMAIL] = by_content
    looked_at = _without_doubles(places)
    used = set(looked_at.values())
    unused = [
        tidy(title) or f"#{place + 1}"
        for place, title in enumerate(titles.cells)
        if place not in used and (title.strip() or any(_has(row, place) for row in below))
    ]
    return Layout(looked_at, len(titles.cells), tuple(unused))


def _is_better(title: str, other: str) -> bool:
    """Canvas has numbers of its own beside those of the university, whose titles say SIS."""
    return "sis" in tidy(title).casefold().split() and "sis" not in tidy(other).casefold().split()


def _without_doubles(places: Mapping[Column, int]) -> dict[Column, int]:
    """A bare “name” beside first names is the surname, and beside surnames the first name; an “ID” may be the number."""
    places = dict(places)
    if Column.NUMBER not in places and Column.ID in places:
        places[Column.NUMBER] = places[Column.ID]
    places.pop(Column.ID, None)
    if Column.FULL in places:
        places.pop(Column.NAME, None)
    has_surname, has_given = (any(column in places for column in columns) for columns in (SURNAMES, GIVEN_NAMES))
    if Column.NAME in places and has_surname != has_given:
        places[Column.FIRST if has_surname else Column.LAST] = places.pop(Column.NAME)
    return places


def _column_of_addresses(rows: Sequence[Row], places: Sequence[int]) -> int | None:
    """The column of which at least half of the filled cells hold an address."""
    for place in places:
        filled = [row.cells[place] for row in rows if _has(row, place)]
        if filled and sum(bool(addresses_in(cell).found) for cell in filled) * 2 >= len(filled):
            return place
    return None


def _has(row: Row, place: int) -> bool:
    return place < len(row.cells) and bool(row.cells[place].strip())
