"""Marks set by hand in place of the computed ones: with a reason, kept, and revocable."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.judging.policy import Override
from grader.services.accounts.authentication import SignedIn
from grader.services.courses.members import StudentPlace, find_student
from grader.services.courses.membership import at_assignment
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


def override_mark(sessions: Sessions, who: SignedIn, at: StudentPlace, wanted: Override, now: datetime) -> None:
    """Set a student's mark, replacing any earlier override.

    Raises:
        UnknownAssignment: it does not exist, or the student is not in its course.
        NotForThisRole: the person is not an instructor of the course.
        UnusableMark: it is not a share from 0 to 1, or has no reason.
    """
    if not 0 <= wanted.share <= 1:
        raise UnusableMark("A mark is from 0 to all points.")
    if not wanted.reason.strip():
        raise UnusableMark("A mark that is set needs a reason.")
    with sessions.begin() as session:
        course_id = at_assignment(session, who, at.assignment_id).require_instructor().course_id
        find_student(session, course_id, at)
        assignments.revoke_mark_override(session, at.assignment_id, at.user_id, who.id, now)
        row = {"assignment_id": at.assignment_id, "user_id": at.user_id, "made_by": who.id, "made_at": now}
        assignments.add_mark_override(session, {**row, "share": wanted.share, "reason": wanted.reason.strip()})
        detail = {"share": wanted.share}
        event = AuditEvent(now, "mark.overridden", who.id, course_id, at.assignment_id, at.user_id, detail=detail)
        audit.add_event(session, event)


def revoke_override(sessions: Sessions, who: SignedIn, at: StudentPlace, now: datetime) -> None:
    """Restore the computed mark; does nothing if no override is active.

    Raises:
        UnknownAssignment: it does not exist, or the student is not in its course.
        NotForThisRole: the person is not an instructor of the course.
    """
    with sessions.begin() as session:
        course_id = at_assignment(session, who, at.assignment_id).require_instructor().course_id
        find_student(session, course_id, at)
        if assignments.revoke_mark_override(session, at.assignment_id, at.user_id, who.id, now):
            audit.add_event(session, AuditEvent(now, "mark.restored", who.id, course_id, at.assignment_id, at.user_id))


def overrides_of(session: Session, at: StudentPlace) -> tuple[Overridden, ...]:
    """Return all overrides of a student's mark, newest first."""
    rows = assignments.mark_override_history(session, at.assignment_id, at.user_id)
    return tuple(
        Overridden(one.share, one.reason, made_by, one.made_at, revoked_by, one.revoked_at)
        for one, made_by, revoked_by in rows
    )
