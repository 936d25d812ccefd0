from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base


class Assignment(Base):
    """An exercise that a course is set.

    Attributes:
        policy: how gradings become a mark (`checking.policy.Policy`).
        overrides: what is judged otherwise than the exercise's folder says; empty for nothing.
        overrides_key: what gradings are told apart by; empty for nothing.
    """

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str]
    title: Mapped[str]
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    policy: Mapped[dict[str, Any]]
    overrides: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    overrides_key: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
