from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.checking.errors import GraderError
from grader.checking.policy import Open, Terms, state
from grader.services.assignment import Assignment, find_assignment, terms_of
from grader.services.errors import AssignmentClosed, NoAttemptsLeft, NotOpenYet
from grader.store import attempts
from grader.store.learners import Learner

REFUSALS: Mapping[Open, tuple[type[GraderError], str]] = MappingProxyType(
    {
        Open.NOT_YET: (NotOpenYet, "{title} is not open yet."),
        Open.CLOSED: (AssignmentClosed, "{title} is closed."),
        Open.NO_ATTEMPTS_LEFT: (NoAttemptsLeft, "All attempts at {title} are used."),
    }
)


def admit(session: Session, assignment_id: int, learner_id: int, now: datetime) -> None:
    """Make sure that a learner may send an attempt at an assignment now.

    The caller holds the learner's row (`learners.ensure` does) until the attempt is stored: of two who send at once
    one waits, and then finds the other's attempt counted.

    Raises:
        UnknownAssignment: there is none.
        NotOpenYet: it opens later.
        AssignmentClosed: it is over, or the assignment or its course was put away.
        NoAttemptsLeft: all attempts are used.
    """
    assignment = find_assignment(session, assignment_id)
    used = attempts.used(session, assignment_id, learner_id)
    found = Open.CLOSED if assignment.archived else state(_terms(session, assignment, learner_id), used, now)
    if found in REFUSALS:
        kind, sentence = REFUSALS[found]
        raise kind(sentence.format(title=assignment.title))


def _terms(session: Session, assignment: Assignment, learner_id: int) -> Terms:
    """A learner without an account (an LMS's) has no allowances."""
    user_id = session.scalars(select(Learner.user_id).where(Learner.id == learner_id)).one()
    if user_id is None:
        return Terms(assignment.policy, assignment.opens_at, assignment.due_at)
    return terms_of(session, assignment, user_id)
