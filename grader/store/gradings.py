from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base, table


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


_ADD = insert(table(Grading)).on_conflict_do_nothing(
    index_elements=[Grading.submission_id, Grading.revision, Grading.judge_version]
)


def add_all(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert gradings; one that exists already, for the same revision and judge, stays as it is."""
    session.execute(_ADD, rows)
