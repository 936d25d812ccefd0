from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

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
