from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base


class Allowance(Base):
    """What one student is allowed at an assignment beyond the others: a later due time, further attempts."""

    __tablename__ = "allowances"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    due_at: Mapped[datetime | None]
    extra_attempts: Mapped[int] = mapped_column(server_default="0")
    reason: Mapped[str]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]
