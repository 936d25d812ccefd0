from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class Course(Base):
    """A class of people who are set assignments together.

    `time_zone` is the one in which its instructors say when something is due. Who knows `join_code` may join as a
    student; without one nobody can by himself.
    """

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    title: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    join_code: Mapped[str | None] = mapped_column(unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


def lock(session: Session, course_id: int) -> Course:
    """Return the course, and let nobody else change who is in it before this transaction ends."""
    return session.scalars(select(Course).where(Course.id == course_id).with_for_update()).one()


def by_join_code(session: Session, code: str) -> Course | None:
    """Return the course that is joined by this (already normalised) code."""
    return session.scalars(select(Course).where(Course.join_code == code)).one_or_none()
