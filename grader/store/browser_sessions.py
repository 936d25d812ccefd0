from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import BigInteger, CursorResult, ForeignKey, Identity, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base
from grader.store.users import User


class Way(StrEnum):
    """How somebody was let in."""

    PASSWORD = "password"  # noqa: S105 - says that there was one, and is none
    LINK = "link"
    RESET = "reset"
    OPENID = "openid"


class BrowserSession(Base):
    """A signed-in browser; the cookie holds the token, this row only its SHA-256. `id` names it to its owner.

    `agent` is what the browser calls itself; `begun_by` how it was let in: `Way`.
    """

    __tablename__ = "sessions"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    agent: Mapped[str | None]
    seen_at: Mapped[datetime | None]
    begun_by: Mapped[str] = mapped_column(server_default="password")


def add(session: Session, row: dict[str, object]) -> None:
    """Insert a browser session."""
    session.execute(insert(BrowserSession).values(row))


def user_of(session: Session, token_sha256: bytes, now: datetime) -> User | None:
    """Return the user of a session that is neither expired nor revoked, if the user is not disabled."""
    return session.scalars(
        select(User)
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(
            BrowserSession.token_sha256 == token_sha256,
            BrowserSession.revoked_at.is_(None),
            BrowserSession.expires_at > now,
            User.disabled_at.is_(None),
        )
    ).one_or_none()


def revoke(session: Session, token_sha256: bytes, now: datetime) -> None:
    """Revoke one session; one that is unknown or revoked already stays as it is."""
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.token_sha256 == token_sha256, BrowserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def delete_ended(session: Session, now: datetime) -> int:
    """Delete sessions that can never be used again, and return how many."""
    ended = delete(BrowserSession).where(or_(BrowserSession.expires_at <= now, BrowserSession.revoked_at <= now))
    return cast("CursorResult[Any]", session.execute(ended)).rowcount
