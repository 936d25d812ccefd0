"""A student's status at an assignment: everything its page shows, in a handful of queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.judging.policy import Open, ReportVisibility, state, visibility
from grader.services.assignments.assignments import CourseAssignment
from grader.services.assignments.marks import StudentMark, mark_of
from grader.services.submissions.drafts import StoredDraft, at_assignment, find_draft
from grader.store import courses


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message from the staff to the student; `sender` is None once that account is gone."""

    text: str
    sent_at: datetime
    sender: str | None


@dataclass(frozen=True, slots=True)
class AssignmentStatus:
    """A student's current status at an assignment.

    Attributes:
        assignment: as set.
        standing: terms, attempts and mark.
        state: whether an attempt can be submitted.
        disclosure: how much of reports is shown.
        draft: typed but not submitted.
        words: messages from the staff, newest first.
        now: the time of the status.
    """

    assignment: CourseAssignment
    standing: StudentMark
    state: Open
    disclosure: ReportVisibility
    draft: StoredDraft | None
    words: tuple[ReceivedMessage, ...]
    now: datetime


def assignment_status(
    session: Session, assignment: CourseAssignment, max_points: float, user_id: int, now: datetime
) -> AssignmentStatus:
    """Return a student's status at an assignment.

    Args:
        session: joined.
        assignment: as set.
        max_points: points of its exercise.
        user_id: the student.
        now: the time.
    """
    standing = mark_of(session, assignment, max_points, user_id)
    used = standing.mark.attempts_used
    rows = courses.messages_to_student(session, user_id, assignment.id)
    return AssignmentStatus(
        assignment=assignment,
        standing=standing,
        state=Open.CLOSED if assignment.archived else state(standing.terms, used, now),
        disclosure=visibility(standing.terms, used, now),
        draft=find_draft(session, at_assignment(user_id, assignment.id)),
        words=tuple(ReceivedMessage(row.text, row.sent_at, row.name) for row in rows),
        now=now,
    )
