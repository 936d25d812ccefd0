"""Browser sessions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from grader.store.tables import BrowserSession, User
from grader.vocabulary import SignInMethod


def add_session(session: Session, row: dict[str, object]) -> None:
    """Insert a browser session."""
    session.execute(insert(BrowserSession).values(row))


def user_of_session(session: Session, token_sha256: bytes, now: datetime) -> Row[User, BrowserSession] | None:
    """Return a session that is neither expired nor revoked, with its user, unless the user is disabled."""
    return session.execute(
        select(User, BrowserSession)
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(
            BrowserSession.token_sha256 == token_sha256,
            BrowserSession.revoked_at.is_(None),
            BrowserSession.expires_at > now,
            User.disabled_at.is_(None),
        )
    ).one_or_none()


def revoke_session(session: Session, token_sha256: bytes, now: datetime) -> None:
    """Revoke one session; ignores unknown and revoked ones."""
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.token_sha256 == token_sha256, BrowserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_sessions_of_user(session: Session, user_id: int, now: datetime, but: int | None = None) -> int:
    """Revoke all sessions of a user, except the given one; return their number."""
    theirs = update(BrowserSession).where(BrowserSession.user_id == user_id, BrowserSession.revoked_at.is_(None))
    if but is not None:
        theirs = theirs.where(BrowserSession.id != but)
    return cast("CursorResult[Any]", session.execute(theirs.values(revoked_at=now))).rowcount


def revoke_own_session(session: Session, user_id: int, session_id: int, now: datetime) -> bool:
    """Revoke a session of this user by its id; return whether there was one."""
    theirs = update(BrowserSession).where(
        BrowserSession.id == session_id, BrowserSession.user_id == user_id, BrowserSession.revoked_at.is_(None)
    )
    return cast("CursorResult[Any]", session.execute(theirs.values(revoked_at=now))).rowcount > 0


def sessions_of_user(session: Session, user_id: int, now: datetime) -> Sequence[BrowserSession]:
    """Return the active sessions of a user, most recently used first."""
    theirs = select(BrowserSession).where(
        BrowserSession.user_id == user_id, BrowserSession.revoked_at.is_(None), BrowserSession.expires_at > now
    )
    seen = func.coalesce(BrowserSession.seen_at, BrowserSession.created_at)
    return session.scalars(theirs.order_by(seen.desc(), BrowserSession.id.desc())).all()


def last_seen(session: Session, user_ids: Collection[int]) -> dict[int, datetime | None]:
    """Return when each of these users was last seen, according to the remaining sessions."""
    last = select(BrowserSession.user_id, func.max(BrowserSession.seen_at)).group_by(BrowserSession.user_id)
    return {row[0]: row[1] for row in session.execute(last.where(BrowserSession.user_id.in_(user_ids)))}


def session_with_user(session: Session, session_id: int) -> Row[User, BrowserSession] | None:
    """Return a session that was not revoked, with its user."""
    return session.execute(
        select(User, BrowserSession)
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(BrowserSession.id == session_id, BrowserSession.revoked_at.is_(None))
    ).one_or_none()


def set_sign_in_method(session: Session, session_id: int, way: SignInMethod) -> None:
    """Change how a session began: setting a password uses up the permission given by a sign-in link."""
    session.execute(update(BrowserSession).where(BrowserSession.id == session_id).values(begun_by=way.value))


def note_use(session: Session, session_id: int, now: datetime, seen_before: datetime) -> None:
    """Record the use of a session, unless a use after `seen_before` is recorded."""
    session.execute(
        update(BrowserSession)
        .where(
            BrowserSession.id == session_id,
            or_(BrowserSession.seen_at.is_(None), BrowserSession.seen_at < seen_before),
        )
        .values(seen_at=now)
    )


def delete_ended_sessions(session: Session, now: datetime) -> int:
    """Delete sessions that can never be used again, and return their number."""
    ended = delete(BrowserSession).where(or_(BrowserSession.expires_at <= now, BrowserSession.revoked_at <= now))
    return cast("CursorResult[Any]", session.execute(ended)).rowcount
