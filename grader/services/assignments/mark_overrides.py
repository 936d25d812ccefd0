"""Marks set by hand in place of the computed ones: with a reason, kept, and revocable."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.judging.policy import Override
from grader.services.courses.members import StudentPlace, find_student
from grader.services.courses.membership import InstructorOf
from grader.services.errors import UnusableMark
from grader.store import assignments, audit
from grader.store.audit import AuditEvent
from grader.store.database import Sessions


@dataclass(frozen=True, slots=True)
class Overridden:
    """An override, active or revoked; names of deleted accounts are None."""

    share: float
    reason: str
    made_by: str | None
    made_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


def override_mark(sessions: Sessions, by: InstructorOf, at: StudentPlace, wanted: Override, now: datetime) -> None:
    """Set a student's mark, replacing any earlier override.

    Raises:
        UnknownAssignment: the course has no such assignment or no such student.
        UnusableMark: it is not a share from 0 to 1, or has no reason.
    """
    if not 0 <= wanted.share <= 1:
        raise UnusableMark("Enter a mark between 0 and full marks.")
    if not wanted.reason.strip():
        raise UnusableMark("Give a reason for the mark override.")
    with sessions.begin() as session:
        find_student(session, by.course_id, at)
        assignments.revoke_mark_override(session, at.assignment_id, at.user_id, by.user_id, now)
        row = {"assignment_id": at.assignment_id, "user_id": at.user_id, "made_by": by.user_id, "made_at": now}
        assignments.add_mark_override(session, {**row, "share": wanted.share, "reason": wanted.reason.strip()})
        detail = {"share": wanted.share}
        event = AuditEvent(
            now, "mark.overridden", by.user_id, by.course_id, at.assignment_id, at.user_id, detail=detail
        )
        audit.add_event(session, event)


def revoke_override(sessions: Sessions, by: InstructorOf, at: StudentPlace, now: datetime) -> None:
    """Restore the computed mark; does nothing if no override is active.

    Raises:
        UnknownAssignment: the course has no such assignment or no such student.
    """
    with sessions.begin() as session:
        find_student(session, by.course_id, at)
        if assignments.revoke_mark_override(session, at.assignment_id, at.user_id, by.user_id, now):
            event = AuditEvent(now, "mark.restored", by.user_id, by.course_id, at.assignment_id, at.user_id)
            audit.add_event(session, event)


def overrides_of(session: Session, at: StudentPlace) -> tuple[Overridden, ...]:
    """Return all overrides of a student's mark, newest first."""
    rows = assignments.mark_override_history(session, at.assignment_id, at.user_id)
    return tuple(
        Overridden(one.share, one.reason, made_by, one.made_at, revoked_by, one.revoked_at)
        for one, made_by, revoked_by in rows
    )
