"""Messages to students, and notices of regrades."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.courses.members import StudentPlace, at_assignment, find_student
from grader.services.errors import UnusableMessage
from grader.store import audit
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.store.submission_tables import Learner, Regrade, RegradeResult, Submission
from grader.store.tables import Assignment, StudentMessage, User
from grader.vocabulary import RegradeState

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message; `sender` is None of somebody who is gone, `read_at` None while the student has not put it away."""

    text: str
    sender: str | None
    sent_at: datetime
    read_at: datetime | None


def send_message(sessions: Sessions, who: SignedIn, at: StudentPlace, text: str, now: datetime) -> None:
    """Tell a student something about an assignment.

    Raises:
        UnknownAssignment: there is none, or the student is none of its course.
        NotForThisRole: the person does not teach the course.
        UnusableMessage: it is empty, or too long.
    """
    words = text.strip()
    if not words or len(words) > LONGEST or "\0" in words:
        raise UnusableMessage(Message("refused.message", most=str(LONGEST)))
    with sessions.begin() as session:
        course_id = at_assignment(session, who, at.assignment_id).require_staff().course_id
        find_student(session, at)
        session.add(
            StudentMessage(
                to_user=at.user_id, from_user=who.id, assignment_id=at.assignment_id, text=words, sent_at=now
            )
        )
        audit.add_event(session, AuditEvent(now, "message.sent", who.id, course_id, at.assignment_id, at.user_id))


def messages_of(session: Session, at: StudentPlace) -> tuple[SentMessage, ...]:
    """Return what a student was told about an assignment, the newest first."""
    rows = session.execute(
        select(StudentMessage.text, User.name, StudentMessage.sent_at, StudentMessage.read_at)
        .outerjoin(User, User.id == StudentMessage.from_user)
        .where(StudentMessage.to_user == at.user_id, StudentMessage.assignment_id == at.assignment_id)
        .order_by(StudentMessage.sent_at.desc(), StudentMessage.id.desc())
    )
    return tuple(SentMessage(row.text, row.name, row.sent_at, row.read_at) for row in rows)


LASTING = timedelta(days=14)
MOST = 20


@dataclass(frozen=True, slots=True)
class UnreadMessage:
    """A message; `about` is the title of the assignment that it is about."""

    id: int
    text: str
    sender: str | None
    sent_at: datetime
    submission_id: UUID | None
    assignment_id: int | None
    about: str | None


@dataclass(frozen=True, slots=True)
class RegradeNotice:
    """An assignment at which submissions of a student's were judged again."""

    assignment_id: int
    title: str
    reason: str
    applied_at: datetime


def unread_messages(session: Session, user_id: int) -> tuple[UnreadMessage, ...]:
    """Return the messages that somebody has not put away, newest first."""
    wanted = (
        select(StudentMessage, User.name, Assignment.title)
        .outerjoin(User, User.id == StudentMessage.from_user)
        .outerjoin(Assignment, Assignment.id == StudentMessage.assignment_id)
        .where(StudentMessage.to_user == user_id, StudentMessage.read_at.is_(None))
        .order_by(StudentMessage.sent_at.desc())
        .limit(MOST)
    )
    return tuple(
        UnreadMessage(one.id, one.text, sender, one.sent_at, one.submission_id, one.assignment_id, about)
        for one, sender, about in session.execute(wanted)
    )


def mark_as_read(sessions: Sessions, user_id: int, message_id: int, now: datetime) -> None:
    """Note that somebody has read a message of the person's own; anybody else's stays as it is."""
    with sessions.begin() as session:
        own = update(StudentMessage).where(
            StudentMessage.id == message_id, StudentMessage.to_user == user_id, StudentMessage.read_at.is_(None)
        )
        session.execute(own.values(read_at=now))


def regrade_notices(session: Session, user_id: int, now: datetime) -> tuple[RegradeNotice, ...]:
    """Return what was judged again of late, newest first."""
    wanted = (
        select(Regrade.id, Regrade.assignment_id, Assignment.title, Regrade.reason, Regrade.applied_at)
        .join(Assignment, Assignment.id == Regrade.assignment_id)
        .join(RegradeResult, RegradeResult.regrade_id == Regrade.id)
        .join(Submission, Submission.id == RegradeResult.submission_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Learner.user_id == user_id, Regrade.state == RegradeState.APPLIED, Regrade.applied_at > now - LASTING)
        .distinct()
        .order_by(Regrade.applied_at.desc())
        .limit(MOST)
    )
    rows = session.execute(wanted)
    return tuple(RegradeNotice(row.assignment_id, row.title, row.reason, row.applied_at) for row in rows)
