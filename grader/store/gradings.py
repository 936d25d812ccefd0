from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base


class Grading(Base):
    """A stored report: one for each submission, revision and version of the judge; the newest counts."""

    __tablename__ = "gradings"
    __table_args__ = (UniqueConstraint("submission_id", "revision", "judge_version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision: Mapped[str] = mapped_column(ForeignKey("revisions.revision"))
    judge_version: Mapped[int]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)  # jsonb would forget the order of the fields
    given: Mapped[float]
    max: Mapped[float]
    graded_at: Mapped[datetime] = mapped_column(index=True)
