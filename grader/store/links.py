from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, ForeignKey, Row, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base
from grader.store.users import User


class Purpose(StrEnum):
    """Where a link leads: to the first page, or to setting a password."""

    SIGN_IN = "sign-in"
    RESET = "reset"


class SignInLink(Base):
    """A link that signs one user in, once."""

    __tablename__ = "sign_in_links"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(server_default="sign-in")
    used_at: Mapped[datetime | None]


def add(session: Session, row: dict[str, object]) -> None:
    """Insert a link."""
    session.execute(insert(SignInLink).values(row))


def use(session: Session, token_sha256: bytes, now: datetime) -> Row[int, str] | None:
    """Use the link up and return user_id and purpose, or None where it can't be used; of two at once one gets it."""
    used = (
        update(SignInLink)
        .where(*_usable(token_sha256, now))
        .values(used_at=now)
        .returning(SignInLink.user_id, SignInLink.purpose)
    )
    return session.execute(used).one_or_none()


def purpose_of(session: Session, token_sha256: bytes, now: datetime) -> str | None:
    """Return what a link is for that could be used now; None for any other."""
    return session.scalars(select(SignInLink.purpose).where(*_usable(token_sha256, now))).one_or_none()


def _usable(token_sha256: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Select a link that was not used and has not expired, of a user who may sign in."""
    return (
        SignInLink.token_sha256 == token_sha256,
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
        SignInLink.user_id == User.id,
        User.disabled_at.is_(None),
    )


def withdraw(session: Session, user_id: int, purpose: Purpose | None = None) -> None:
    """Make the user's links useless that were not used yet: all, or those of one purpose."""
    unused = delete(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
    session.execute(unused if purpose is None else unused.where(SignInLink.purpose == purpose))


def delete_ended(session: Session, now: datetime) -> int:
    """Delete links that can never be used again, and return how many."""
    ended = delete(SignInLink).where(or_(SignInLink.expires_at <= now, SignInLink.used_at <= now))
    return cast("CursorResult[Any]", session.execute(ended)).rowcount
