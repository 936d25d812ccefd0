"""Where a person is signed in, and what acts in the person's name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.services.errors import UnknownSession, UnknownToken
from grader.store import accounts, browser_sessions
from grader.store.database import Sessions
from grader.vocabulary import SignInMethod


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A browser in which a person is signed in; `agent` is what it calls itself."""

    id: int
    agent: str | None
    begun_by: SignInMethod
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A bearer token that reaches what is the person's own."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime


def own_sessions(session: Session, user_id: int, now: datetime) -> tuple[OwnSession, ...]:
    """Return where a person is signed in, the browser that was seen last first."""
    return tuple(
        OwnSession(row.id, row.agent, SignInMethod(row.begun_by), row.created_at, row.seen_at or row.created_at)
        for row in browser_sessions.sessions_of_user(session, user_id, now)
    )


def own_tokens(session: Session, user_id: int, now: datetime) -> tuple[OwnToken, ...]:
    """Return the person's own tokens that may be used, the newest first."""
    return tuple(
        OwnToken(row.id, row.name, tuple(row.scopes), row.created_at, row.expires_at)
        for row in accounts.tokens_of_user(session, user_id, now)
    )


def end_session(sessions: Sessions, user_id: int, session_id: int, now: datetime) -> None:
    """Sign a person out of one browser.

    Raises:
        UnknownSession: it is none of the person's, or has ended already.
    """
    with sessions.begin() as session:
        if not browser_sessions.revoke_own_session(session, user_id, session_id, now):
            raise UnknownSession("You are not signed in there any more.")


def end_other_sessions(sessions: Sessions, user_id: int, session_id: int, now: datetime) -> int:
    """Sign a person out everywhere but here, and return of how many browsers."""
    with sessions.begin() as session:
        return browser_sessions.revoke_sessions_of_user(session, user_id, now, but=session_id)


def end_token(sessions: Sessions, user_id: int, token_id: int, now: datetime) -> None:
    """Make one of a person's own tokens useless.

    Raises:
        UnknownToken: it is none of the person's, or was revoked already.
    """
    with sessions.begin() as session:
        if not accounts.revoke_tokens_of_user(session, user_id, now, token_id):
            raise UnknownToken("You have no such token.")
