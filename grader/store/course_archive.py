"""The rows of a course, or those of one of its students: what the archive of a course is made of."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from grader.store import personal_data
from grader.store.personal_data import plain_rows
from grader.store.submission_tables import AuditEntry, Learner, Regrade, RegradeResult, Submission
from grader.store.tables import Allowance, Assignment, Course, MarkOverride, StudentMessage, User

Rows = Iterator[dict[str, Any]]
LEASE = ("lease_until", "tries")
"""Columns of a regrade that say how far its worker is."""


def archived_course(session: Session, course_id: int) -> dict[str, Any]:
    """Return the row of a course."""
    return next(plain_rows(session, Course, Course.id == course_id))


def archived_people(session: Session, course_id: int, user_id: int | None) -> Rows:
    """Yield the members of a course, or one of them."""
    return personal_data.archived_people(session, course_id, *_whose(User.id, user_id))


def archived_rows(session: Session, assignment_ids: Collection[int], user_id: int | None) -> Iterator[tuple[str, Rows]]:
    """Yield the rows of these assignments by table: all, or those about one student."""

    def at(column: Any) -> Any:
        return column.in_(assignment_ids)

    yield "assignments", plain_rows(session, Assignment, at(Assignment.id))
    allowed = _whose(Allowance.user_id, user_id)
    yield "allowances", plain_rows(session, Allowance, at(Allowance.assignment_id), *allowed)
    overridden = _whose(MarkOverride.user_id, user_id)
    yield "mark_overrides", plain_rows(session, MarkOverride, at(MarkOverride.assignment_id), *overridden)
    told = _whose(StudentMessage.to_user, user_id)
    yield "messages", plain_rows(session, StudentMessage, at(StudentMessage.assignment_id), *told)
    yield "regrades", plain_rows(session, Regrade, at(Regrade.assignment_id), without=LEASE)
    if user_id is None:
        regrades = select(Regrade.id).where(at(Regrade.assignment_id))
        yield "regrade_results", plain_rows(session, RegradeResult, RegradeResult.regrade_id.in_(regrades))


def archived_submissions(session: Session, assignment_ids: Collection[int], user_id: int | None) -> Rows:
    """Yield the submissions to these assignments: all, or those of one student."""
    to_them = Submission.assignment_id.in_(assignment_ids)
    return personal_data.archived_submissions(session, to_them, *_whose(Learner.user_id, user_id))


def archived_audit(session: Session, course_id: int, assignment_ids: Collection[int], user_id: int | None) -> Rows:
    """Yield the log entries of these assignments and of the course itself, all or those about one student."""
    of_the_course = and_(AuditEntry.course_id == course_id, AuditEntry.assignment_id.is_(None))
    about = or_(AuditEntry.assignment_id.in_(assignment_ids), of_the_course)
    return plain_rows(session, AuditEntry, about, *_whose(AuditEntry.subject_id, user_id))


def _whose(column: Any, user_id: int | None) -> list[ColumnElement[bool]]:
    return [] if user_id is None else [column == user_id]
