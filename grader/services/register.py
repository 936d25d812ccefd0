import unicodedata
from dataclasses import dataclass
from datetime import datetime

from grader.sayings.saying import Saying
from grader.services.errors import EmailTaken, UnusableEmail
from grader.services.passwords import hash_password
from grader.store import users
from grader.store.engine import Sessions
from grader.store.users import Role

LONGEST_EMAIL = 254
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who shall be able to sign in; without a password only by a link."""

    email: str
    name: str
    role: Role = Role.STUDENT
    password: str | None = None


def register(sessions: Sessions, person: Person, now: datetime) -> int:
    """Store a new user and return the id.

    Raises:
        EmailTaken: somebody is registered with this e-mail.
        UnusableEmail: it is none.
        WeakPassword: the password is too short or too long.
    """
    row = row_of(person, now)
    with sessions.begin() as session:
        user_id = users.add(session, row)
    if user_id is None:
        raise EmailTaken(Saying("refused.email-taken", email=str(row["email"])))
    return user_id


def row_of(person: Person, now: datetime) -> dict[str, object]:
    """Return the row of a new user.

    Raises:
        UnusableEmail: the e-mail is none.
        WeakPassword: the password is too short or too long.
    """
    email = normal_email(person.email)
    return {
        "email": email,
        "name": normal_name(person.name) or email,
        "role": person.role.value,
        "password_hash": None if person.password is None else hash_password(person.password),
        "created_at": now,
    }


def normal_name(name: str) -> str:
    """Return a name as it is stored: one line of characters that can be seen, not too long; maybe empty."""
    spaced = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(filter(str.isprintable, spaced))[:LONGEST_NAME]


def normal_email(email: str) -> str:
    """Return the one form in which an e-mail is stored and looked up.

    Raises:
        UnusableEmail: it has no @ with something on both sides, or characters that no address has.
    """
    normal = unicodedata.normalize("NFC", email.strip()).lower()
    before, found, after = normal.rpartition("@")
    visible = normal.isprintable() and " " not in normal
    if not (before and found and after and visible and len(normal) <= LONGEST_EMAIL):
        raise UnusableEmail("This is no e-mail address.")
    return normal
