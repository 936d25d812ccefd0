"""New accounts, and the preferences of their owners."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.accounts.passwords import hash_password
from grader.services.errors import EmailTaken, UnusableEmail, UnusableTimeZone
from grader.store import accounts
from grader.store.database import Sessions
from grader.vocabulary import Role

LONGEST_EMAIL = 254
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Person:
    """A person to be registered; without a password, sign-in is only possible by link."""

    email: str
    name: str
    role: Role = Role.STUDENT
    password: str | None = None


def register(sessions: Sessions, person: Person, now: datetime) -> int:
    """Store a new user and return the id.

    Raises:
        EmailTaken: the e-mail address is already registered.
        UnusableEmail: it is not a valid e-mail address.
        WeakPassword: the password is too short, too long or very common.
    """
    row = row_of(person, now)
    with sessions.begin() as session:
        user_id = accounts.add_user(session, row)
    if user_id is None:
        raise EmailTaken(Message("refused.email-taken", email=str(row["email"])))
    return user_id


def row_of(person: Person, now: datetime) -> dict[str, object]:
    """Return the row of a new user.

    Raises:
        UnusableEmail: it is not a valid e-mail address.
        WeakPassword: the password is too short, too long or very common.
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
    """Return a name as it is stored: a single line of visible characters, limited in length; may be empty."""
    spaced = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(filter(str.isprintable, spaced))[:LONGEST_NAME]


def normal_email(email: str) -> str:
    """Return the normal form in which an e-mail address is stored and looked up.

    Raises:
        UnusableEmail: it lacks an @ with text on both sides, or contains characters that addresses cannot have.
    """
    normal = unicodedata.normalize("NFC", email.strip()).lower()
    before, found, after = normal.rpartition("@")
    visible = normal.isprintable() and " " not in normal
    if not (before and found and after and visible and len(normal) <= LONGEST_EMAIL):
        raise UnusableEmail("Enter a valid e-mail address.")
    return normal


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's preferences: the displayed name, language and time zone; None leaves the choice to the browser."""

    name: str
    language: str | None
    time_zone: str | None


def prefer(sessions: Sessions, who: SignedIn, wanted: Preferences) -> None:
    """Store a person's preferences; an empty name keeps the current one.

    Raises:
        UnusableTimeZone: there is no such time zone.
    """
    if wanted.time_zone is not None and wanted.time_zone not in available_timezones():
        raise UnusableTimeZone("Enter a valid time zone, such as Asia/Ho_Chi_Minh.")
    name = normal_name(wanted.name)
    with sessions.begin() as session:
        values: dict[str, object] = {"language": wanted.language, "time_zone": wanted.time_zone}
        accounts.change_user(session, who.id, values | ({"name": name} if name else {}))


def prefer_language(sessions: Sessions, who: SignedIn, language: str) -> None:
    """Store the language for every browser in which the person signs in."""
    with sessions.begin() as session:
        accounts.set_language(session, who.id, language)
