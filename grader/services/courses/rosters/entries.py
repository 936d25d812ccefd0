"""The people of a roster, from rows with or without headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.services.courses.rosters.cells import (
    Addressee,
    Addresses,
    addresses_in,
    flaws_of_name,
    flaws_of_number,
    is_login,
    mailbox,
    name_of,
    number_of,
    tidy,
    unwrapped,
    valid_email,
    value_of,
)
from grader.services.courses.rosters.columns import ROLE_WORDS, ROLES, RosterColumn, RosterLayout, plain_title
from grader.services.courses.rosters.file_text import RosterRow
from grader.services.courses.rosters.findings import Nobody, PassedOver, RosterFlaw, RosterProblem, short
from grader.vocabulary import CourseRole


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One person; an empty role or number leaves the person's current one.

    Attributes:
        email: empty if the list has none; the person is then found by number, in the course.
        login: given by the list instead of an e-mail address.
    """

    line: int
    email: str
    name: str
    role: CourseRole | None
    number: str | None
    login: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """The data of one person on a line, as text."""

    line: int
    name: str = ""
    number: str = ""
    role: str = ""

    def flaws(self) -> Iterator[RosterFlaw]:
        """Yield what is wrong with name, number and role."""
        yield from (RosterFlaw(self.line, wrong, short(self.name)) for wrong in flaws_of_name(self.name))
        yield from (RosterFlaw(self.line, wrong, short(self.number)) for wrong in flaws_of_number(self.number))
        if self.role and plain_title(self.role) not in ROLES:
            yield RosterFlaw(self.line, RosterProblem.UNKNOWN_ROLE, short(self.role))

    def entry(self, addressee: Addressee, login: str = "") -> RosterEntry:
        """Return the person at an address; the address's own name is used if the line has no other."""
        name, role = self.name or addressee.name, ROLES.get(plain_title(self.role))
        return RosterEntry(self.line, addressee.email, name, role, self.number or None, login)


def at_login(described: Described, typed: str, domain: str) -> RosterEntry | RosterFlaw:
    """Return the person with a login instead of an e-mail address: completed by a domain, or found by number."""
    login = value_of(typed).removeprefix("#").rpartition("\\")[2]  # the login in UNI\chi.le is chi.le
    if login and domain and is_login(login):
        email = valid_email(f"{login}@{domain}")
        return (
            RosterFlaw(described.line, RosterProblem.BAD_EMAIL, short(login))
            if email is None
            else described.entry(Addressee(email))
        )
    if described.number:
        return described.entry(Addressee(""), login)
    return RosterFlaw(described.line, *no_email(login))


def no_email(login: str) -> tuple[RosterProblem, str]:
    """Return why there is no address in place of a login."""
    if not login:
        return RosterProblem.NO_EMAIL, ""
    return RosterProblem.LOGIN if is_login(login) else RosterProblem.BAD_EMAIL, short(login)


_SUMMARY_WORDS = (
    "points possible|max points|maximum points|maximum|minimum|max|min|total points|points|out of|due date|date|"
    "overall average|average|group average|class average|course average|mean|median|total|totals|sum|subtotal|count|"
    "number of students|standard deviation|std dev|end of list|end of file|weight|"
    "gesamtdurchschnitt|durchschnitt|gruppendurchschnitt|mittelwert|summe|gesamt|anzahl|maximalpunkte|"
    "moyenne|moyenne générale|moyenne du groupe|moyenne de la classe|médiane|somme|nombre|"
    "promedio|promedio general|media|media general|suma|total general|"
    "media complessiva|media generale|totale|somma|média|média geral|soma|"
    "średnia|średnia ogólna|suma|łącznie|gemiddelde|algemeen gemiddelde|totaal|som|"
    "điểm trung bình|trung bình|trung bình chung|trung bình cả lớp|điểm tối đa|tổng|tổng cộng|tổng số|sĩ số|"
    "medelvärde|gjennomsnitt|gennemsnit|keskiarvo|průměr|celkový průměr|ortalama|genel ortalama|среднее|итого|всего|"
    "平均|总平均|合计|平均点|合計|평균|합계|rata-rata"
)
_SUMMARIES = frozenset(map(plain_title, _SUMMARY_WORDS.split("|")))
_ALSO_NAMES = frozenset({"max", "min", "som", "mean", "date", "sum"})
"""Summary labels that could also be names; they are summaries if only figures stand next to them."""

_FIGURE = re.compile(r"[\d.,:%/\s-]*")
_TEST_STUDENTS = frozenset({"studenttest", "teststudent", "previewuser", "testuser", "demostudent"})
MANY_WORDS = 7
"""More words than a name has."""

SHORTEST_NUMBER = 5
"""Least digits of a student number; shorter ones are groups, weeks or years."""


def nobody(row: RosterRow, layout: RosterLayout | None) -> Nobody | None:
    """Return why a row does not describe a person, or None if it may."""
    filled = row.filled
    if not any(letter.isalnum() for cell in filled for letter in cell):
        return Nobody.RULE if filled else Nobody.BLANK
    if any(addresses_in(cell) != Addresses() for cell in filled):
        return None
    if _is_summary(row, layout):
        return Nobody.SUMMARY
    if layout is not None and not layout.holds_anything(row.cells):
        return Nobody.UNUSED
    return _comment(row) or _test_student(row, layout)


def _is_summary(row: RosterRow, layout: RosterLayout | None) -> bool:
    first, *others = row.filled
    word = plain_title(first)
    if word not in _ALSO_NAMES:
        return word in _SUMMARIES
    numbers = all(_FIGURE.fullmatch(cell) for cell in others)
    return numbers and layout is not None and not layout.cell(row.cells, RosterColumn.NUMBER).strip()


def _test_student(row: RosterRow, layout: RosterLayout | None) -> Nobody | None:
    """Recognise Canvas' test student, whose login is a random number."""
    name = "" if layout is None else layout.name(row.cells)
    return Nobody.TEST_STUDENT if plain_title(name) in _TEST_STUDENTS else None


def _comment(row: RosterRow) -> Nobody | None:
    if len(row.filled) != 1:
        return None
    text = tidy(row.filled[0])
    if text.startswith(("# ", "//", ";", "##")):
        return Nobody.COMMENT
    is_prose = ":" in text or "©" in text or len(text.split()) >= MANY_WORDS
    return Nobody.PROSE if is_prose or _is_heading(text) else None


def _is_heading(text: str) -> bool:
    """Recognise `Tutorial group 1`: words and a number, alone on a line."""
    return " " in text and any(word.isdigit() and len(word) < SHORTEST_NUMBER for word in text.split())


FoundByTitle = list[RosterEntry | RosterFlaw]


def titled_people(row: RosterRow, layout: RosterLayout, domain: str) -> FoundByTitle:
    """Return the person in a row, several if it contains only addresses, or everything that is wrong with it."""
    if any(cell.strip() for cell in row.cells[layout.width :]):
        return [RosterFlaw(row.line, RosterProblem.TOO_MANY_CELLS, short(", ".join(row.filled)))]
    described = Described(
        row.line,
        layout.name(row.cells),
        number_of(layout.cell(row.cells, RosterColumn.NUMBER)),
        value_of(layout.cell(row.cells, RosterColumn.ROLE)),
    )
    people = _people(row, layout, described, domain)
    flaws = [*(one for one in people if isinstance(one, RosterFlaw)), *described.flaws()]
    return list(flaws) if flaws else people


def _people(row: RosterRow, layout: RosterLayout, described: Described, domain: str) -> FoundByTitle:
    addresses, typed = _addresses(row, layout)
    if addresses.unread:
        return [RosterFlaw(row.line, RosterProblem.BAD_EMAIL, short(typed))]
    if len(addresses.found) > 1 and (described.name or described.number):
        return [RosterFlaw(row.line, RosterProblem.SEVERAL_EMAILS, short(typed))]
    return [described.entry(one) for one in addresses.found] or [at_login(described, typed, domain)]


def _addresses(row: RosterRow, layout: RosterLayout) -> tuple[Addresses, str]:
    """Return the addresses of a row and their text; without an e-mail column, logins are often addresses."""
    for column in (RosterColumn.EMAIL, RosterColumn.LOGIN):
        typed = layout.cell(row.cells, column)
        value = value_of(typed)
        if value:
            found = addresses_in(unwrapped(typed) if "\n" not in typed else typed)
            is_strange = column is RosterColumn.EMAIL and not found.found and not is_login(value)
            return Addresses(unread=True) if is_strange else found, typed
    return Addresses(), ""


_BULLET = re.compile(r"\s*(?:[-*•–+]|\d{1,4}[.)])\s+")
SHORTEST_ROLE = 2
_NUMBER = re.compile(r"(?:^|\s)([\w-]*\d[\w-]*)(?=\s|$)")
Found = list[RosterEntry | RosterFlaw]


def untitled_people(row: RosterRow, domain: str) -> Found:
    """Return the people in a row without headings, or everything that is wrong with it; every cell counts."""
    cells = [_BULLET.sub("", cell, count=1) if place == 0 else cell for place, cell in enumerate(row.filled)]
    read = [(cell, addresses_in(unwrapped(cell) if "\n" not in cell else cell)) for cell in cells]
    broken = next((cell for cell, addresses in read if addresses.unread), None)
    if broken is not None:
        return [RosterFlaw(row.line, RosterProblem.BAD_EMAIL, short(broken))]
    people = list({one.email: one for _, addresses in read for one in addresses.found}.values())
    others = [cell for cell, addresses in read if not addresses.found and value_of(cell)]
    if len(people) > 1:
        return _several(row, people, others)
    return _one(row, people, others, domain)


def _several(row: RosterRow, people: list[Addressee], others: list[str]) -> Found:
    if others:
        return [RosterFlaw(row.line, RosterProblem.SEVERAL_EMAILS, short(", ".join(row.filled)))]
    found = [(_described(row.line, [one.name]), one) for one in people]
    flaws = [flaw for described, _ in found for flaw in described.flaws()]
    return list(flaws) or [described.entry(one) for described, one in found]


def _one(row: RosterRow, people: list[Addressee], others: list[str], domain: str) -> Found:
    beside = [people[0].name] if people and people[0].name else []
    numbers = [cell for cell in others if _looks_like_number(cell)]
    login = "" if people or not domain else next((cell for cell in others if is_login(tidy(cell))), "")
    described = _described(row.line, [*beside, *(cell for cell in others if cell != login)])
    if len(numbers) > 1:
        return [RosterFlaw(row.line, RosterProblem.SEVERAL_NUMBERS, short(", ".join(map(tidy, numbers))))]
    flaws = list(described.flaws())
    person = described.entry(people[0]) if people else _without_address(row, described, login, domain)
    if isinstance(person, RosterFlaw):
        flaws.insert(0, person)
    return list(flaws) or [person]


def _without_address(row: RosterRow, described: Described, login: str, domain: str) -> RosterEntry | RosterFlaw:
    if login or described.number:
        return at_login(described, login, domain)
    return RosterFlaw(row.line, RosterProblem.NO_EMAIL, short(", ".join(row.filled)))


def _described(line: int, cells: list[str]) -> Described:
    """Interpret the cells next to an address; a number or role may share a cell with the name."""
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
    """Return whether a cell is a role; `Ta` is a surname, `TA` a role."""
    word = tidy(cell)
    return word.casefold() in ROLE_WORDS and (len(word) > SHORTEST_ROLE or word.isupper())


def _looks_like_number(cell: str) -> bool:
    value = value_of(cell)
    return any(letter.isdigit() for letter in value) and " " not in value


def without_repeats(entries: Sequence[RosterEntry]) -> tuple[tuple[RosterEntry, ...], list[RosterFlaw | PassedOver]]:
    """Return each person once, and the lines that repeat or contradict an earlier one."""
    once: list[RosterEntry] = []
    said: list[RosterFlaw | PassedOver] = []
    by_email: dict[str, RosterEntry] = {}
    by_number: dict[str, RosterEntry] = {}
    for entry in entries:
        found = _repeat(entry, by_email, by_number)
        if found is not None:
            said.append(found)
            continue
        once.append(entry)
        if entry.email:
            by_email[mailbox(entry.email)] = entry
        if entry.number:
            by_number[entry.number.casefold()] = entry
    return tuple(once), said


def _repeat(
    entry: RosterEntry, by_email: dict[str, RosterEntry], by_number: dict[str, RosterEntry]
) -> RosterFlaw | PassedOver | None:
    first = by_email.get(mailbox(entry.email)) if entry.email else None
    if first is not None:
        if says_otherwise(entry, first):
            return RosterFlaw(entry.line, RosterProblem.TWICE, entry.email, first.line)
        return PassedOver(entry.line, Nobody.SAME, entry.email, first.line)
    holder = by_number.get(entry.number.casefold()) if entry.number else None
    if holder is None:
        return None
    if not entry.email and entry.login in {"", holder.login} and not says_otherwise(entry, holder):
        return PassedOver(entry.line, Nobody.SAME, entry.number or "", holder.line)
    return RosterFlaw(entry.line, RosterProblem.NUMBER_TWICE, entry.number or "", holder.line)


def says_otherwise(entry: RosterEntry, first: RosterEntry) -> bool:
    """Return whether a line contradicts an earlier one about the same person."""
    pairs = (
        (entry.name.casefold(), first.name.casefold()),
        ((entry.number or "").casefold(), (first.number or "").casefold()),
        (entry.role, first.role),
    )
    return any(mine and mine != theirs for mine, theirs in pairs)
