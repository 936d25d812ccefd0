from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Row, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base
from grader.store.users import User


class Message(Base):
    """Words from those who teach to one student, about an assignment or a submission."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "to_user", "sent_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    to_user: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    from_user: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    text: Mapped[str]
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


def to_student(session: Session, user_id: int, assignment_id: int) -> Sequence[Row[str, datetime, str | None]]:
    """Return text, time and sender's name of what was said to a student about an assignment, newest first."""
    return session.execute(
        select(Message.text, Message.sent_at, User.name)
        .outerjoin(User, User.id == Message.from_user)
        .where(Message.to_user == user_id, Message.assignment_id == assignment_id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
    ).all()
