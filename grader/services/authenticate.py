from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from grader.services.errors import TokenRefused
from grader.services.principal import Principal
from grader.services.secret import digest
from grader.store import browser_sessions, tokens
from grader.store.engine import Sessions
from grader.store.users import Role

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
    row = tokens.find_valid(session, digest(plain), now)
    if row is None:
        raise TokenRefused("This token is unknown, has expired or was revoked.")
    return Principal(row.id, row.client_id, row.user_id, row.email, frozenset(row.scopes))


def authenticate_session(sessions: Sessions, plain: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with this session cookie, or None where nobody is.

    That the session is used is noted, but not each time: a page that is read shall write nothing.
    """
    with sessions() as session:
        row = browser_sessions.user_of(session, digest(plain), now)
    if row is None:
        return None
    user, browser = row
    if browser.seen_at is None or browser.seen_at < now - SEEN_EVERY:
        with sessions.begin() as session:
            browser_sessions.see(session, browser.id, now, now - SEEN_EVERY)
    return SignedIn(user.id, user.email, user.name, Role(user.role), user.language, user.time_zone, browser.id)
