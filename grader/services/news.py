"""What has happened that a student did not do: words from those who teach, marks that were looked at again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grader.store.assignments import Assignment
from grader.store.engine import Sessions
from grader.store.learners import Learner
from grader.store.messages import Message
from grader.store.regrades import Regrade, RegradeResult, RegradeState
from grader.store.submissions import Submission
from grader.store.users import User

LASTING = timedelta(days=14)
MOST = 20


@dataclass(frozen=True, slots=True)
class Word:
    """A message; `about` is the title of the assignment that it is about."""

    id: int
    text: str
    sender: str | None
    sent_at: datetime
    submission_id: UUID | None
    assignment_id: int | None
    about: str | None


@dataclass(frozen=True, slots=True)
class Regraded:
    """An assignment at which submissions of a student's were judged again."""

    assignment_id: int
    title: str
    reason: str
    applied_at: datetime


def unread(session: Session, user_id: int) -> tuple[Word, ...]:
    """Return the messages that somebody has not put away, newest first."""
    wanted = (
        select(Message, User.name, Assignment.title)
        .outerjoin(User, User.id == Message.from_user)
        .outerjoin(Assignment, Assignment.id == Message.assignment_id)
        .where(Message.to_user == user_id, Message.read_at.is_(None))
        .order_by(Message.sent_at.desc())
        .limit(MOST)
    )
    return tuple(
        Word(one.id, one.text, sender, one.sent_at, one.submission_id, one.assignment_id, about)
        for one, sender, about in session.execute(wanted)
    )


def put_away(sessions: Sessions, user_id: int, message_id: int, now: datetime) -> None:
    """Note that somebody has read a message of the person's own; anybody else's stays as it is."""
    with sessions.begin() as session:
        own = update(Message).where(Message.id == message_id, Message.to_user == user_id, Message.read_at.is_(None))
        session.execute(own.values(read_at=now))


def regraded(session: Session, user_id: int, now: datetime) -> tuple[Regraded, ...]:
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
    return tuple(Regraded(row.assignment_id, row.title, row.reason, row.applied_at) for row in rows)
