from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, bindparam, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class Waiting(Base):
    """A submission that still has to be judged; deleted in the transaction that stores how that ended.

    `alone` where it may not be judged in company, since it brings a file from a stranger. `holder` names the task of a
    worker that claimed it last, where there is one.
    """

    __tablename__ = "waiting"
    __table_args__ = (Index(None, "tries", "since"),)

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    alone: Mapped[bool] = mapped_column(server_default=false())


_HOLDS = select(select(Waiting.submission_id).where(Waiting.submission_id == bindparam("submission_id")).exists())


def holds(session: Session, submission_id: UUID) -> bool:
    """Tell whether this submission waits; as cheap as can be, for those who ask until it does not."""
    return bool(session.scalar(_HOLDS, {"submission_id": submission_id}))
