"""One person of a list, and the checks that hold however the list is laid out."""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.services.rosters.addresses import Addressee, is_login, valid_email
from grader.services.rosters.cells import flaws_of_name, flaws_of_number, value_of
from grader.services.rosters.findings import Flaw, Wrong, short
from grader.services.rosters.titles import ROLES, plain
from grader.store.enrolments import CourseRole


@dataclass(frozen=True, slots=True)
class Entry:
    """One person; without a role or a number what the person has stays.

    Attributes:
        email: empty where the list has none: then the person is found by the number, in the course.
        login: what the list has instead of an e-mail address.
    """

    line: int
    email: str
    name: str
    role: CourseRole | None
    number: str | None
    login: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """What a line says of one person, as text."""

    line: int
    name: str = ""
    number: str = ""
    role: str = ""

    def flaws(self) -> Iterator[Flaw]:
        """Say what is wrong with name, number and role."""
        yield from (Flaw(self.line, wrong, short(self.name)) for wrong in flaws_of_name(self.name))
        yield from (Flaw(self.line, wrong, short(self.number)) for wrong in flaws_of_number(self.number))
        if self.role and plain(self.role) not in ROLES:
            yield Flaw(self.line, Wrong.UNKNOWN_ROLE, short(self.role))

    def entry(self, addressee: Addressee, login: str = "") -> Entry:
        """Return the person at an address; the name is the address's where the line has no other."""
        name, role = self.name or addressee.name, ROLES.get(plain(self.role))
        return Entry(self.line, addressee.email, name, role, self.number or None, login)


def at_login(described: Described, typed: str, domain: str) -> Entry | Flaw:
    """Return the person with a login instead of an e-mail address: completed by a domain, or found by the number."""
    login = value_of(typed).removeprefix("#").rpartition("\\")[2]  # of UNI\chi.le the login is chi.le
    if login and domain and is_login(login):
        email = valid_email(f"{login}@{domain}")
        return (
            Flaw(described.line, Wrong.BAD_EMAIL, short(login)) if email is None else described.entry(Addressee(email))
        )
    if described.number:
        return described.entry(Addressee(""), login)
    return Flaw(described.line, *no_email(login))


def no_email(login: str) -> tuple[Wrong, str]:
    """Say why there is no address where a login may be."""
    if not login:
        return Wrong.NO_EMAIL, ""
    return Wrong.LOGIN if is_login(login) else Wrong.BAD_EMAIL, short(login)
