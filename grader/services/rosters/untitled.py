"""The people of a row of a list without titles: each cell is recognised by what it looks like."""

import re

from grader.services.rosters.addresses import Addressee, addresses_in, is_login
from grader.services.rosters.cells import name_of, number_of, tidy, unwrapped, value_of
from grader.services.rosters.entry import Described, Entry, at_login
from grader.services.rosters.findings import Flaw, Wrong, short
from grader.services.rosters.rows import Row
from grader.services.rosters.titles import ROLE_WORDS

_BULLET = re.compile(r"\s*(?:[-*•–+]|\d{1,4}[.)])\s+")
SHORTEST_ROLE = 2
_NUMBER = re.compile(r"(?:^|\s)([\w-]*\d[\w-]*)(?=\s|$)")
Found = list[Entry | Flaw]


def untitled_people(row: Row, domain: str) -> Found:
    """Return the people of a row, or all that is wrong with it; every cell is part of what is said."""
    cells = [_BULLET.sub("", cell, count=1) if place == 0 else cell for place, cell in enumerate(row.filled)]
    read = [(cell, addresses_in(unwrapped(cell) if "\n" not in cell else cell)) for cell in cells]
    broken = next((cell for cell, addresses in read if addresses.unread), None)
    if broken is not None:
        return [Flaw(row.line, Wrong.BAD_EMAIL, short(broken))]
    people = list({one.email: one for _, addresses in read for one in addresses.found}.values())
    others = [cell for cell, addresses in read if not addresses.found and value_of(cell)]
    if len(people) > 1:
        return _several(row, people, others)
    return _one(row, people, others, domain)


def _several(row: Row, people: list[Addressee], others: list[str]) -> Found:
    if others:
        return [Flaw(row.line, Wrong.SEVERAL_EMAILS, short(", ".join(row.filled)))]
    found = [(_described(row.line, [one.name]), one) for one in people]
    flaws = [flaw for described, _ in found for flaw in described.flaws()]
    return list(flaws) or [described.entry(one) for described, one in found]


def _one(row: Row, people: list[Addressee], others: list[str], domain: str) -> Found:
    beside = [people[0].name] if people and people[0].name else []
    numbers = [cell for cell in others if _looks_like_number(cell)]
    login = "" if people or not domain else next((cell for cell in others if is_login(tidy(cell))), "")
    described = _described(row.line, [*beside, *(cell for cell in others if cell != login)])
    if len(numbers) > 1:
        return [Flaw(row.line, Wrong.SEVERAL_NUMBERS, short(", ".join(map(tidy, numbers))))]
    flaws = list(described.flaws())
    person = described.entry(people[0]) if people else _without_address(row, described, login, domain)
    if isinstance(person, Flaw):
        flaws.insert(0, person)
    return list(flaws) or [person]


def _without_address(row: Row, described: Described, login: str, domain: str) -> Entry | Flaw:
    if login or described.number:
        return at_login(described, login, domain)
    return Flaw(row.line, Wrong.NO_EMAIL, short(", ".join(row.filled)))


def _described(line: int, cells: list[str]) -> Described:
    """What the cells beside an address say; a number or role may stand in one cell with the name."""
    role = next((cell for cell in reversed(cells) if _is_role(cell)), "")
    rest = [cell for cell in cells if cell is not role]
    number = next((cell for cell in rest if _looks_like_number(cell)), "")
    names = [cell for cell in rest if cell is not number]
    within = _NUMBER.findall(" ".join(map(tidy, names))) if not number else []
    if len(within) == 1:
        number = within[0]
        names = [tidy(cell).replace(number, "") for cell in names]
    return Described(line, " ".join(filter(None, map(name_of, names))), number_of(number), tidy(role))


def _is_role(cell: str) -> bool:
    """Tell whether a cell is a role; `Ta` is a surname, `TA` is none."""
    word = tidy(cell)
    return word.casefold() in ROLE_WORDS and (len(word) > SHORTEST_ROLE or word.isupper())


def _looks_like_number(cell: str) -> bool:
    value = value_of(cell)
    return any(letter.isdigit() for letter in value) and " " not in value
