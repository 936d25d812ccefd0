"""Where a student stands with an assignment: all that its page says, in a handful of queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.checking.disclosure import Disclosure, disclosure
from grader.checking.policy import Open, state
from grader.services.assignment import Assignment
from grader.services.draft import Draft, at_assignment, find_draft
from grader.services.marks import Standing, mark_of
from grader.store import messages


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody who teaches the course has told the student; `sender` is None once that account is gone."""

    text: str
    sent_at: datetime
    sender: str | None


@dataclass(frozen=True, slots=True)
class Situation:
    """A student at an assignment, now.

    Attributes:
        assignment: what is set.
        standing: terms, attempts and mark.
        state: whether an attempt can be sent.
        disclosure: what is shown of reports.
        draft: what was typed and not sent.
        words: from those who teach the course, newest first.
        now: the time of all this.
    """

    assignment: Assignment
    standing: Standing
    state: Open
    disclosure: Disclosure
    draft: Draft | None
    words: tuple[Word, ...]
    now: datetime


def situation_of(session: Session, assignment: Assignment, max_points: float, user_id: int, now: datetime) -> Situation:
    """Return where a student stands.

    Args:
        session: of the database.
        assignment: what is set.
        max_points: what its exercise is worth by itself.
        user_id: the student.
        now: the time.
    """
    standing = mark_of(session, assignment, max_points, user_id)
    used = standing.mark.attempts_used
    rows = messages.to_student(session, user_id, assignment.id)
    return Situation(
        assignment=assignment,
        standing=standing,
        state=Open.CLOSED if assignment.archived else state(standing.terms, used, now),
        disclosure=disclosure(standing.terms, used, now),
        draft=find_draft(session, at_assignment(user_id, assignment.id)),
        words=tuple(Word(row.text, row.sent_at, row.name) for row in rows),
        now=now,
    )
