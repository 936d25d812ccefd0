"""Words from those who teach a course to one of its students; `news` is what the student is told of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.sayings.saying import Saying
from grader.services.authenticate import SignedIn
from grader.services.errors import UnusableMessage
from grader.services.membership import at_assignment
from grader.services.students import At, find_student
from grader.store import audit
from grader.store.audit import Event
from grader.store.engine import Sessions
from grader.store.messages import Message
from grader.store.users import User

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Sent:
    """A message; `sender` is None of somebody who is gone, `read_at` None while the student has not put it away."""

    text: str
    sender: str | None
    sent_at: datetime
    read_at: datetime | None


def send_message(sessions: Sessions, who: SignedIn, at: At, text: str, now: datetime) -> None:
    """Tell a student something about an assignment.

    Raises:
        UnknownAssignment: there is none, or the student is none of its course.
        NotForThisRole: the person does not teach the course.
        UnusableMessage: it is empty, or too long.
    """
    words = text.strip()
    if not words or len(words) > LONGEST or "\0" in words:
        raise UnusableMessage(Saying("refused.message", most=str(LONGEST)))
    with sessions.begin() as session:
        course_id = at_assignment(session, who, at.assignment_id).require_staff().course_id
        find_student(session, at)
        session.add(
            Message(to_user=at.user_id, from_user=who.id, assignment_id=at.assignment_id, text=words, sent_at=now)
        )
        audit.add(session, Event(now, "message.sent", who.id, course_id, at.assignment_id, at.user_id))


def messages_of(session: Session, at: At) -> tuple[Sent, ...]:
    """Return what a student was told about an assignment, the newest first."""
    rows = session.execute(
        select(Message.text, User.name, Message.sent_at, Message.read_at)
        .outerjoin(User, User.id == Message.from_user)
        .where(Message.to_user == at.user_id, Message.assignment_id == at.assignment_id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
    )
    return tuple(Sent(row.text, row.name, row.sent_at, row.read_at) for row in rows)
