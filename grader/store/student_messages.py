"""Messages to students: about an assignment, or about one of their submissions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from grader.store.tables import Assignment, StudentMessage, User


def add_message(session: Session, row: dict[str, object]) -> None:
    """Insert a message."""
    session.execute(insert(StudentMessage).values(row))


def messages_to_student(
    session: Session, user_id: int, assignment_id: int
) -> Sequence[Row[str, str | None, datetime, datetime | None]]:
    """Return text, sender's name, time sent and time read of messages to a student about an assignment, newest first."""
    return session.execute(
        select(StudentMessage.text, User.name, StudentMessage.sent_at, StudentMessage.read_at)
        .outerjoin(User, User.id == StudentMessage.from_user)
        .where(StudentMessage.to_user == user_id, StudentMessage.assignment_id == assignment_id)
        .order_by(StudentMessage.sent_at.desc(), StudentMessage.id.desc())
    ).all()


def unread_messages(session: Session, user_id: int, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the messages that a student has not marked as read, each with sender's name and assignment's title."""
    wanted = (
        select(StudentMessage, User.name, Assignment.title)
        .outerjoin(User, User.id == StudentMessage.from_user)
        .outerjoin(Assignment, Assignment.id == StudentMessage.assignment_id)
        .where(StudentMessage.to_user == user_id, StudentMessage.read_at.is_(None))
        .order_by(StudentMessage.sent_at.desc())
        .limit(limit)
    )
    return session.execute(wanted).all()


def mark_message_as_read(session: Session, user_id: int, message_id: int, now: datetime) -> None:
    """Mark a student's message as read; leaves messages to others and read ones unchanged."""
    unread = update(StudentMessage).where(
        StudentMessage.id == message_id, StudentMessage.to_user == user_id, StudentMessage.read_at.is_(None)
    )
    session.execute(unread.values(read_at=now))
