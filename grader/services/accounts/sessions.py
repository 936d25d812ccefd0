"""A person's browser sessions and own tokens."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.services.accounts.authentication import SignedIn
from grader.services.errors import UnknownSession, UnknownToken
from grader.store import accounts
from grader.store.database import Sessions
from grader.vocabulary import SignInMethod


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A browser in which a person is signed in; `agent` is its user agent."""

    id: int
    agent: str | None
    begun_by: SignInMethod
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A bearer token for the person's own data."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime


def own_sessions(session: Session, user_id: int, now: datetime) -> tuple[OwnSession, ...]:
    """Return the person's browser sessions, most recently used first."""
    return tuple(
        OwnSession(row.id, row.agent, SignInMethod(row.begun_by), row.created_at, row.seen_at or row.created_at)
        for row in accounts.sessions_of_user(session, user_id, now)
    )


def own_tokens(session: Session, user_id: int, now: datetime) -> tuple[OwnToken, ...]:
    """Return the person's own valid tokens, newest first."""
    return tuple(
        OwnToken(row.id, row.name, tuple(row.scopes), row.created_at, row.expires_at)
        for row in accounts.tokens_of_user(session, user_id, now)
    )


def end_session(sessions: Sessions, who: SignedIn, session_id: int, now: datetime) -> None:
    """Sign a person out of one browser.

    Raises:
        UnknownSession: it is not a session of this person, or has already ended.
    """
    with sessions.begin() as session:
        if not accounts.revoke_own_session(session, who.id, session_id, now):
            raise UnknownSession("That session has already ended.")


def end_other_sessions(sessions: Sessions, who: SignedIn, now: datetime) -> int:
    """Sign a person out of all browsers but this one and return their number."""
    with sessions.begin() as session:
        return accounts.revoke_sessions_of_user(session, who.id, now, but=who.session_id)


def end_token(sessions: Sessions, who: SignedIn, token_id: int, now: datetime) -> None:
    """Revoke one of a person's own tokens.

    Raises:
        UnknownToken: it is not a token of this person, or has already been revoked.
    """
    with sessions.begin() as session:
        if not accounts.revoke_tokens_of_user(session, who.id, now, token_id):
            raise UnknownToken("This token does not exist.")
