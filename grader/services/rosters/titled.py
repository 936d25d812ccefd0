"""The people of a row whose columns have titles."""

from grader.services.rosters.addresses import Addresses, addresses_in, is_login
from grader.services.rosters.cells import number_of, unwrapped, value_of
from grader.services.rosters.entry import Described, Entry, at_login
from grader.services.rosters.findings import Flaw, Wrong, short
from grader.services.rosters.layout import Layout
from grader.services.rosters.rows import Row
from grader.services.rosters.titles import Column

Found = list[Entry | Flaw]


def titled_people(row: Row, layout: Layout, domain: str) -> Found:
    """Return the person of a row, several where it holds nothing but addresses, or all that is wrong with it."""
    if any(cell.strip() for cell in row.cells[layout.width :]):
        return [Flaw(row.line, Wrong.TOO_MANY_CELLS, short(", ".join(row.filled)))]
    described = Described(
        row.line,
        layout.name(row.cells),
        number_of(layout.cell(row.cells, Column.NUMBER)),
        value_of(layout.cell(row.cells, Column.ROLE)),
    )
    people = _people(row, layout, described, domain)
    flaws = [*(one for one in people if isinstance(one, Flaw)), *described.flaws()]
    return list(flaws) if flaws else people


def _people(row: Row, layout: Layout, described: Described, domain: str) -> Found:
    addresses, typed = _addresses(row, layout)
    if addresses.unread:
        return [Flaw(row.line, Wrong.BAD_EMAIL, short(typed))]
    if len(addresses.found) > 1 and (described.name or described.number):
        return [Flaw(row.line, Wrong.SEVERAL_EMAILS, short(typed))]
    return [described.entry(one) for one in addresses.found] or [at_login(described, typed, domain)]


def _addresses(row: Row, layout: Layout) -> tuple[Addresses, str]:
    """The addresses of a row and what they were found in; in lists without them people often sign in by theirs."""
    for column in (Column.EMAIL, Column.LOGIN):
        typed = layout.cell(row.cells, column)
        value = value_of(typed)
        if value:
            found = addresses_in(unwrapped(typed) if "\n" not in typed else typed)
            is_strange = column is Column.EMAIL and not found.found and not is_login(value)
            return Addresses(unread=True) if is_strange else found, typed
    return Addresses(), ""
