from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base


class Failure(Base):
    """A submission that could not be judged and was set aside; it has no score and costs no attempt."""

    __tablename__ = "failures"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    tries: Mapped[int]
    reason: Mapped[str]
    failed_at: Mapped[datetime]
