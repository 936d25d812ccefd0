from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class Draft(Base):
    """What a person has typed and not sent, at one place: `assignment:12` or `exercise:and-gate`."""

    __tablename__ = "drafts"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


def find(session: Session, user_id: int, place: str) -> Row[dict[str, Any], datetime] | None:
    """Return answers and time of what a person has typed at a place."""
    return session.execute(
        select(Draft.answers, Draft.saved_at).where(Draft.user_id == user_id, Draft.place == place)
    ).one_or_none()


def lock(session: Session, user_id: int, place: str) -> dict[str, str] | None:
    """Return what a person has typed at a place, and let nobody else change it until the transaction ends."""
    wanted = select(Draft.answers).where(Draft.user_id == user_id, Draft.place == place).with_for_update()
    return session.scalars(wanted).one_or_none()


def begin(session: Session, user_id: int, place: str, answers: Mapping[str, str], now: datetime) -> bool:
    """Store a draft where there is none, and tell whether it was stored."""
    draft = insert(Draft).values(user_id=user_id, place=place, answers=dict(answers), saved_at=now)
    return session.scalars(draft.on_conflict_do_nothing().returning(Draft.place)).one_or_none() is not None


def keep(session: Session, user_id: int, place: str, answers: Mapping[str, str], now: datetime) -> None:
    """Store what a person has typed at a place, over what was there."""
    draft = insert(Draft).values(user_id=user_id, place=place, answers=dict(answers), saved_at=now)
    newer = {"answers": draft.excluded.answers, "saved_at": draft.excluded.saved_at}
    session.execute(draft.on_conflict_do_update(index_elements=[Draft.user_id, Draft.place], set_=newer))


def forget(session: Session, user_id: int, place: str) -> None:
    """Delete what a person has typed at a place."""
    session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.place == place))
