from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grader.services.pagination import Page
from grader.store import audit
from grader.vocabulary import AuditFilter


@dataclass(frozen=True, slots=True)
class NamedUser:
    """A person in the audit log."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class AuditLogEntry:
    """One action; people and objects that no longer exist are None."""

    id: int
    at: datetime
    action: str
    actor: NamedUser | None = None
    subject: NamedUser | None = None
    course_id: int | None = None
    course: str | None = None
    assignment_id: int | None = None
    assignment: str | None = None
    submission_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def audit_log(session: Session, which: AuditFilter, limit: int, before: int | None = None) -> Page[AuditLogEntry]:
    """Return actions, newest first; `before` is the id of the last one on the previous page."""
    rows = audit.newest_entries(session, which, limit + 1, before)
    entries = tuple(
        AuditLogEntry(
            id=row.id,
            at=row.at,
            action=row.action,
            actor=None if row.actor_id is None else NamedUser(row.actor_id, row.actor, row.actor_email),
            subject=None if row.subject_id is None else NamedUser(row.subject_id, row.subject, row.subject_email),
            course_id=row.course_id,
            course=row.course,
            assignment_id=row.assignment_id,
            assignment=row.assignment,
            submission_id=row.submission_id,
            detail=row.detail,
        )
        for row in rows[:limit]
    )
    return Page(entries, str(entries[-1].id) if len(rows) > limit else None)
