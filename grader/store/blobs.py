from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class Blob(Base):
    """A file as it was sent, under its own hash: the same file sent twice is kept once."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    created_at: Mapped[datetime]


def ensure(session: Session, sha256: str, content: bytes, now: datetime) -> None:
    """Keep a file, where it is not kept already."""
    row = {"sha256": sha256, "content": content, "created_at": now}
    session.execute(insert(Blob).values(row).on_conflict_do_nothing(index_elements=[Blob.sha256]))


def content_of(session: Session, sha256: str) -> bytes:
    """Return a file that a submission refers to."""
    return session.scalars(select(Blob.content).where(Blob.sha256 == sha256)).one()
