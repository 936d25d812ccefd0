from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    ForeignKey,
    Identity,
    Row,
    Select,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import Text

from grader.store.base import Base
from grader.store.clients import Client
from grader.store.users import User


class Token(Base):
    """A bearer token of the API; shown once, kept only as its SHA-256."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def add(session: Session, row: dict[str, object]) -> int:
    """Insert a token and return its id."""
    return session.scalars(insert(Token).values(row).returning(Token.id)).one()


def find_valid(session: Session, sha256: bytes, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """Return id, client_id, user_id, email, role and scopes of a token that may be used now."""
    return session.execute(_valid(), {"sha256": sha256, "now": now}).one_or_none()


def revoke(session: Session, token_id: int, now: datetime) -> bool:
    """Revoke a token; tell whether there was one that was not revoked yet."""
    wanted = update(Token).where(Token.id == token_id, Token.revoked_at.is_(None)).values(revoked_at=now)
    return session.scalars(wanted.returning(Token.id)).one_or_none() is not None


def valid(session: Session, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return every token that may be used now, oldest first, with its client's name and its student's e-mail."""
    wanted = (
        select(Token.id, Token.name, Client.name.label("client"), User.email, Token.scopes, Token.expires_at)
        .join(Client, Client.id == Token.client_id)
        .outerjoin(User, User.id == Token.user_id)
        .where(Token.revoked_at.is_(None), Token.expires_at > now)
        .order_by(Token.id)
    )
    return session.execute(wanted).all()


def of_user(session: Session, user_id: int, now: datetime) -> Sequence[Token]:
    """Return a student's own tokens that may be used now, the newest first."""
    wanted = select(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None), Token.expires_at > now)
    return session.scalars(wanted.order_by(Token.id.desc())).all()


def revoke_of_user(session: Session, user_id: int, now: datetime, token_id: int | None = None) -> int:
    """Revoke a student's own tokens, or the one of them that is named; return how many."""
    theirs = update(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None))
    wanted = theirs if token_id is None else theirs.where(Token.id == token_id)
    return cast("CursorResult[Any]", session.execute(wanted.values(revoked_at=now))).rowcount


@cache
def _valid() -> Select[*tuple[Any, ...]]:
    """Built once: building it costs more than asking it, and every request of the API does."""
    return (
        select(Token.id, Token.client_id, Token.user_id, User.email, User.role, Token.scopes)
        .outerjoin(User, User.id == Token.user_id)
        .where(
            Token.sha256 == bindparam("sha256"),
            Token.revoked_at.is_(None),
            Token.expires_at > bindparam("now"),
            or_(Token.user_id.is_(None), and_(User.id.is_not(None), User.disabled_at.is_(None))),
        )
    )
