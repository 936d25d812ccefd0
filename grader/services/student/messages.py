"""Messages to students, and notices of regrades."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.courses.members import StudentPlace, find_student
from grader.services.courses.membership import StaffOf
from grader.services.errors import UnusableMessage
from grader.store import audit, courses, regrades
from grader.store.audit import AuditEvent
from grader.store.database import Sessions

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message; `sender` is None for a deleted account, `read_at` is None until the student marks it as read."""

    text: str
    sender: str | None
    sent_at: datetime
    read_at: datetime | None


def send_message(sessions: Sessions, by: StaffOf, at: StudentPlace, text: str, now: datetime) -> None:
    """Send a student a message about an assignment.

    Raises:
        UnknownAssignment: the course has no such assignment or no such student.
        UnusableMessage: it is empty or too long.
    """
    words = text.strip()
    if not words or len(words) > LONGEST or "\0" in words:
        raise UnusableMessage(Message("refused.message", most=str(LONGEST)))
    with sessions.begin() as session:
        find_student(session, by.course_id, at)
        row = {"to_user": at.user_id, "from_user": by.user_id, "assignment_id": at.assignment_id}
        courses.add_message(session, {**row, "text": words, "sent_at": now})
        event = AuditEvent(now, "message.sent", by.user_id, by.course_id, at.assignment_id, at.user_id)
        audit.add_event(session, event)


def messages_of(session: Session, at: StudentPlace) -> tuple[SentMessage, ...]:
    """Return the messages to a student about an assignment, newest first."""
    rows = courses.messages_to_student(session, at.user_id, at.assignment_id)
    return tuple(SentMessage(row.text, row.name, row.sent_at, row.read_at) for row in rows)


LASTING = timedelta(days=14)
MOST = 20


@dataclass(frozen=True, slots=True)
class UnreadMessage:
    """An unread message; `about` is the title of its assignment."""

    id: int
    text: str
    sender: str | None
    sent_at: datetime
    submission_id: UUID | None
    assignment_id: int | None
    about: str | None


@dataclass(frozen=True, slots=True)
class RegradeNotice:
    """An assignment at which a student's submissions were judged again."""

    assignment_id: int
    title: str
    reason: str
    applied_at: datetime


def unread_messages(session: Session, user_id: int) -> tuple[UnreadMessage, ...]:
    """Return the messages that a student has not marked as read, newest first."""
    return tuple(
        UnreadMessage(one.id, one.text, sender, one.sent_at, one.submission_id, one.assignment_id, about)
        for one, sender, about in courses.unread_messages(session, user_id, MOST)
    )


def mark_as_read(sessions: Sessions, who: SignedIn, message_id: int, now: datetime) -> None:
    """Mark a person's own message as read; messages to others are left unchanged."""
    with sessions.begin() as session:
        courses.mark_message_as_read(session, who.id, message_id, now)


def regrade_notices(session: Session, user_id: int, now: datetime) -> tuple[RegradeNotice, ...]:
    """Return the regrades of the last two weeks that concerned a student's submissions, newest first."""
    rows = regrades.regrades_of_student(session, user_id, now - LASTING, MOST)
    return tuple(RegradeNotice(row.assignment_id, row.title, row.reason, row.applied_at) for row in rows)
