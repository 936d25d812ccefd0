"""Extensions: a later due time or more attempts for one student."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.judging.policy import is_past, start_of_minute
from grader.messages.message import Message
from grader.services.assignments.assignments import CourseAssignment, find_assignment
from grader.services.courses.members import StudentPlace, find_member
from grader.services.courses.membership import InstructorOf
from grader.services.errors import UnknownAssignment, UnusableAllowance
from grader.store import assignments, audit
from grader.store.audit import AuditEvent
from grader.store.database import Sessions

MOST_ATTEMPTS, LONGEST_REASON = 1000, 500


@dataclass(frozen=True, slots=True)
class Extension:
    """The content of an extension, and its reason.

    Attributes:
        due_at: replaces the general due time; None leaves it.
        extra_attempts: in addition to those of the policy.
        reason: for the staff of the course; not shown to the student.
    """

    due_at: datetime | None
    extra_attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class GrantedExtension:
    """An extension with its student and its author."""

    user_id: int
    name: str
    grant: Extension
    given_at: datetime


def grant_extension(sessions: Sessions, by: InstructorOf, at: StudentPlace, grant: Extension, now: datetime) -> None:
    """Grant a student an extension, replacing any earlier one.

    Raises:
        UnknownAssignment: the course has no such assignment.
        UnknownMember: there is no such member of the course.
        UnusableAllowance: it grants nothing, has no reason, or takes something away.
    """
    with sessions.begin() as session:
        assignment = find_assignment(session, at.assignment_id)
        if assignment.course_id != by.course_id:
            raise UnknownAssignment(Message("refused.not-your-assignment", number=str(at.assignment_id)))
        find_member(session, by.course_id, at.user_id)
        _check_extension(assignment, grant)
        row = {"due_at": grant.due_at, "extra_attempts": grant.extra_attempts, "reason": grant.reason.strip()}
        row |= {"given_by": by.user_id, "given_at": now}
        assignments.put_extension(session, at.assignment_id, at.user_id, row)
        due = None if grant.due_at is None else grant.due_at.isoformat()
        _log_extension(session, "allowance.given", by, at, now, {"due_at": due, "extra_attempts": grant.extra_attempts})


def revoke_extension(sessions: Sessions, by: InstructorOf, at: StudentPlace, now: datetime) -> None:
    """Revoke a student's extension at an assignment of the course, if there is one."""
    with sessions.begin() as session:
        if assignments.delete_extension(session, by.course_id, at.assignment_id, at.user_id):
            _log_extension(session, "allowance.withdrawn", by, at, now, {})


def extensions_at(session: Session, assignment_id: int) -> tuple[GrantedExtension, ...]:
    """Return all extensions at an assignment, by name."""
    rows = assignments.extensions_with_names(session, assignment_id)
    return tuple(
        GrantedExtension(one.user_id, name, Extension(one.due_at, one.extra_attempts, one.reason), one.given_at)
        for one, name in rows
    )


def _check_extension(assignment: CourseAssignment, grant: Extension) -> None:
    if not grant.reason.strip():
        raise UnusableAllowance("Give a reason; it is kept in the log.")
    if len(grant.reason) > LONGEST_REASON or not 0 <= grant.extra_attempts <= MOST_ATTEMPTS:
        raise UnusableAllowance("This exceeds the maximum.")
    if grant.due_at is None and not grant.extra_attempts:
        raise UnusableAllowance("Allow a later due time, extra attempts, or both.")
    if grant.due_at is not None and (
        assignment.due_at is None or is_past(grant.due_at, start_of_minute(assignment.due_at))
    ):
        raise UnusableAllowance("Enter a time later than the regular due time.")


def _log_extension(  # noqa: PLR0913, PLR0917 - what, by whom, of whom, when
    session: Session, action: str, by: InstructorOf, at: StudentPlace, now: datetime, detail: dict[str, object]
) -> None:
    event = AuditEvent(now, action, by.user_id, by.course_id, at.assignment_id, at.user_id, detail=detail)
    audit.add_event(session, event)
