"""The audit log: every action that changes a mark or a role, by whom and of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class AuditEntry(Base):
    """One action; never updated, and deleted with nothing."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "course_id", "id"), Index(None, "subject_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id", ondelete="SET NULL"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


@dataclass(frozen=True, slots=True)
class Event:
    """What happened.

    Attributes:
        action: a key that the pages have words for, such as `course.created` or `mark.overridden`.
        actor_id: who did it; None for a command or the service itself.
        subject_id: whose mark or role it is.
        detail: plain values, without names or addresses of people: what is erased must not live on here.
    """

    at: datetime
    action: str
    actor_id: int | None = None
    course_id: int | None = None
    assignment_id: int | None = None
    subject_id: int | None = None
    submission_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def add(session: Session, event: Event) -> None:
    """Note an action, in the transaction that does it."""
    session.execute(insert(AuditEntry).values(asdict(event)))


def add_all(session: Session, events: Sequence[Event]) -> None:
    """Note many actions at once, in the transaction that does them."""
    if events:
        session.execute(insert(AuditEntry), [asdict(event) for event in events])
