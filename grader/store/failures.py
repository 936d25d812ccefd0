from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class Failure(Base):
    """A submission that could not be judged and was set aside; it has no score and costs no attempt.

    Attributes:
        reason: in English.
        unusable_file: why the file in it cannot be used, as a stored saying; None where the fault is ours.
    """

    __tablename__ = "failures"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    tries: Mapped[int]
    reason: Mapped[str]
    failed_at: Mapped[datetime]
    unusable_file: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a submission is set aside: in words, after how many tries, and when; `unusable_file` as of `Failure`."""

    tries: int
    reason: str
    failed_at: datetime
    unusable_file: dict[str, Any] | None = None


def add(session: Session, submission_id: UUID, fault: Fault) -> None:
    """Set a submission aside; if it was before, the newer fault counts."""
    newer = asdict(fault)
    made = insert(Failure).values(submission_id=submission_id, **newer)
    session.execute(made.on_conflict_do_update(index_elements=[Failure.submission_id], set_=newer))
