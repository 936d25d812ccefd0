from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base


class CourseRole(StrEnum):
    """What a person is in a course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"


class Enrolment(Base):
    """That a person belongs to a course; who leaves has none any more, and what was sent stays."""

    __tablename__ = "enrolments"
    __table_args__ = (CheckConstraint("role IN ('student', 'assistant', 'instructor')", name="role"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    student_number: Mapped[str | None]
    joined_at: Mapped[datetime]
