from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class ExternalIdentity(Base):
    """Who a person is to somebody else who signs people in (OpenID Connect)."""

    __tablename__ = "identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    linked_at: Mapped[datetime]


def find(session: Session, issuer: str, subject: str) -> int | None:
    """Return the user whom an issuer knows as this subject."""
    row = session.get(ExternalIdentity, (issuer, subject))
    return None if row is None else row.user_id


def add(session: Session, issuer: str, subject: str, user_id: int, now: datetime) -> bool:
    """Note who somebody is to an issuer; tell whether that was new."""
    row = {"issuer": issuer, "subject": subject, "user_id": user_id, "linked_at": now}
    made = insert(ExternalIdentity).values(row).on_conflict_do_nothing().returning(ExternalIdentity.user_id)
    return session.scalars(made).one_or_none() is not None
