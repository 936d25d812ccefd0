"""Who sends a request: bearer tokens and browser sessions, stored only as digests."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from sqlalchemy.orm import Session

from grader.services.errors import TokenRefused
from grader.store import accounts, browser_sessions
from grader.store.database import Sessions
from grader.vocabulary import Role


class Scope(StrEnum):
    """What a bearer token may be used for."""

    SUBMIT = "submit"
    READ = "read"
    CHECK = "check"
    RESULTS = "results"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a bearer token speaks for.

    Attributes:
        user_id: set where it is a student's own token.
        learner_ref: set where the token reaches only this learner of the client.
    """

    token_id: int
    client_id: int
    user_id: int | None
    learner_ref: str | None
    scopes: frozenset[str]


BYTES = 32
"""256 bits of chance: nobody guesses one, so a fast hash is enough to keep it by."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A token as it is given out, once; only its SHA-256 is stored."""

    plain: str

    @property
    def sha256(self) -> bytes:
        """What is stored and looked up."""
        return digest(self.plain)


def new_secret(prefix: str = "") -> Secret:
    """Return a fresh random token; the prefix tells people and secret scanners what it is."""
    return Secret(prefix + token_urlsafe(BYTES))


def digest(plain: str) -> bytes:
    """Return the SHA-256 of a token; any text will do, also one that came from outside."""
    return sha256(plain.encode("utf-8", "surrogatepass")).digest()


SEEN_EVERY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person in front of a browser; `language` and `time_zone` (of the IANA) where one was chosen.

    `session_id` is the number of the browser's session, for those who look through theirs.
    """

    id: int
    email: str
    name: str
    role: Role
    language: str | None = None
    time_zone: str | None = None
    session_id: int | None = field(default=None, compare=False)

    @property
    def is_instructor(self) -> bool:
        """Whether the person may give courses, and see what others have sent for practice."""
        return self.role in {Role.INSTRUCTOR, Role.ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """Whether the person may do everything."""
        return self.role is Role.ADMINISTRATOR


def authenticate_token(session: Session, plain: str, now: datetime) -> Principal:
    """Return whom a bearer token speaks for.

    Raises:
        TokenRefused: it is unknown, expired or revoked, or its user is disabled; it isn't told which.
    """
    row = accounts.valid_token(session, digest(plain), now)
    if row is None:
        raise TokenRefused("This token is unknown, has expired or was revoked.")
    return Principal(row.id, row.client_id, row.user_id, row.email, frozenset(row.scopes))


def authenticate_session(sessions: Sessions, plain: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with this session cookie, or None where nobody is.

    That the session is used is noted, but not each time: a page that is read shall write nothing.
    """
    with sessions() as session:
        row = browser_sessions.user_of_session(session, digest(plain), now)
    if row is None:
        return None
    user, browser = row
    if browser.seen_at is None or browser.seen_at < now - SEEN_EVERY:
        with sessions.begin() as session:
            browser_sessions.note_use(session, browser.id, now, now - SEEN_EVERY)
    return SignedIn(user.id, user.email, user.name, Role(user.role), user.language, user.time_zone, browser.id)
