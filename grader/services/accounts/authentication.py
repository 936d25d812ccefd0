"""Authentication of requests: bearer tokens and browser sessions, stored only as digests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from sqlalchemy.orm import Session

from grader.services.errors import NotForThisRole, TokenRefused
from grader.services.lru_cache import LruCache
from grader.store import accounts
from grader.store.database import Sessions
from grader.vocabulary import Role


class Scope(StrEnum):
    """A permission of a bearer token."""

    SUBMIT = "submit"
    READ = "read"
    CHECK = "check"
    RESULTS = "results"


@dataclass(frozen=True, slots=True)
class Principal:
    """The identity behind a bearer token.

    Attributes:
        user_id: set for a student's own token.
        learner_ref: set if the token can access only this learner of the client.
    """

    token_id: int
    client_id: int
    user_id: int | None
    learner_ref: str | None
    scopes: frozenset[str]


BYTES = 32
"""256 random bits: they cannot be guessed, so a fast hash is enough for storing them."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A token in plain text, shown once; only its SHA-256 is stored."""

    plain: str

    @property
    def sha256(self) -> bytes:
        """The digest under which the token is stored and looked up."""
        return digest(self.plain)


def new_secret(prefix: str = "") -> Secret:
    """Return a new random token; the prefix identifies it to people and secret scanners."""
    return Secret(prefix + token_urlsafe(BYTES))


def digest(plain: str) -> bytes:
    """Return the SHA-256 of a token; accepts any text, including untrusted input."""
    return sha256(plain.encode("utf-8", "surrogatepass")).digest()


SEEN_EVERY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person who is signed in; `language` and `time_zone` (IANA) if the person chose one.

    `session_id` identifies the browser session in the person's list of sessions.
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
        """Whether the person may create courses and see practice submissions of others."""
        return self.role in {Role.INSTRUCTOR, Role.ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """Whether the person may do everything."""
        return self.role is Role.ADMINISTRATOR

    def require_administrator(self) -> "Administrator":
        """Return the permission of administrators.

        Raises:
            NotForThisRole: the person is not an administrator.
        """
        if not self.is_administrator:
            raise NotForThisRole("This page is for administrators. You can still use all other pages.")
        return Administrator(self.id)


@dataclass(frozen=True, slots=True)
class Administrator:
    """Permission to administer accounts, created only by `SignedIn.require_administrator` and `operator`.

    `user_id` is None for commands that are run on the server.
    """

    user_id: int | None


def operator() -> Administrator:
    """Return the permission of commands on the server, whose user could change the database anyway."""
    return Administrator(None)


def authenticate_token(session: Session, plain: str, now: datetime) -> Principal:
    """Return the identity behind a bearer token.

    Raises:
        TokenRefused: it is unknown, expired or revoked, or its user is disabled; the error does not say which.
    """
    row = accounts.valid_token(session, digest(plain), now)
    if row is None:
        raise TokenRefused("This token is unknown, expired or revoked.")
    return Principal(row.id, row.client_id, row.user_id, row.email, frozenset(row.scopes))


RECENT: Final = timedelta(seconds=1)
"""How long a process may still accept a token that another has revoked; docs/api.md promises it."""

_MOST_RECENT: Final = 4096


class RecentTokens:
    """Bearer tokens that were valid a moment ago: a client that sends many requests is looked up about once a second.

    No secret is kept, only its digest.
    """

    def __init__(self, kept_for: timedelta = RECENT) -> None:
        self._kept_for = kept_for
        self._known: LruCache[bytes, tuple[datetime, Principal]] = LruCache(_MOST_RECENT)

    def principal(self, plain: str, now: datetime, look_up: Callable[[], Principal]) -> Principal:
        """Return the identity behind a token; refused ones are not kept.

        Args:
            plain: the token.
            now: the current time; a clock that was set back makes everything be looked up again.
            look_up: returns the identity as the database has it, or raises.

        Raises:
            TokenRefused: raised by `look_up`.
        """
        cache, key = self._known, digest(plain)
        known = cache.find(key)
        if known is not None and known[0] <= now < known[0] + self._kept_for:
            return known[1]
        return cache.keep(key, (now, look_up()))[1]

    def forget(self) -> None:
        """Have every token looked up again, after some were revoked here; what is being looked up is not kept."""
        self._known = LruCache(_MOST_RECENT)


def authenticate_session(sessions: Sessions, plain: str, now: datetime) -> SignedIn | None:
    """Return the person signed in with this session cookie, or None.

    The time of use is recorded only now and then, so that reading a page does not usually write.
    """
    with sessions() as session:
        row = accounts.user_of_session(session, digest(plain), now)
    if row is None:
        return None
    user, browser = row
    if browser.seen_at is None or browser.seen_at < now - SEEN_EVERY:
        with sessions.begin() as session:
            accounts.note_use(session, browser.id, now, now - SEEN_EVERY)
    return SignedIn(user.id, user.email, user.name, Role(user.role), user.language, user.time_zone, browser.id)
