from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.services.errors import TokenRefused
from grader.services.principal import Principal
from grader.services.secret import digest
from grader.store import browser_sessions, tokens
from grader.store.users import Role


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person in front of a browser; `language` and `time_zone` (of the IANA) where one was chosen."""

    id: int
    email: str
    name: str
    role: Role
    language: str | None = None
    time_zone: str | None = None

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
    row = tokens.find_valid(session, digest(plain), now)
    if row is None:
        raise TokenRefused("This token is unknown, has expired or was revoked.")
    return Principal(row.id, row.client_id, row.user_id, row.email, frozenset(row.scopes))


def authenticate_session(session: Session, plain: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with this session cookie, or None where nobody is."""
    user = browser_sessions.user_of(session, digest(plain), now)
    if user is None:
        return None
    return SignedIn(user.id, user.email, user.name, Role(user.role), user.language, user.time_zone)
