"""The audit log: every action that changes a mark or a role, with its author and subject."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, or_, select
from sqlalchemy.orm import Session, aliased

from grader.store.submission_tables import AuditEntry
from grader.store.tables import Assignment, Course, User
from grader.vocabulary import AuditFilter


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """An action to be logged.

    Attributes:
        action: a key that the pages can word, such as `course.created` or `mark.overridden`.
        actor_id: who did it; None for a command or the service itself.
        subject_id: the person whose mark or role it concerns.
        detail: plain values without names or addresses, so that erased data does not live on here.
    """

    at: datetime
    action: str
    actor_id: int | None = None
    course_id: int | None = None
    assignment_id: int | None = None
    subject_id: int | None = None
    submission_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def add_event(session: Session, event: AuditEvent) -> None:
    """Log an action in the transaction that performs it."""
    session.execute(insert(AuditEntry).values(asdict(event)))


def add_events(session: Session, events: Sequence[AuditEvent]) -> None:
    """Log several actions in the transaction that performs them."""
    if events:
        session.execute(insert(AuditEntry), [asdict(event) for event in events])


def newest_entries(
    session: Session, which: AuditFilter, limit: int, before: int | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return entries, newest first, with the names of people and objects."""
    actor, subject = aliased(User), aliased(User)
    wanted = (
        select(
            *AuditEntry.__table__.columns,
            actor.name.label("actor"),
            actor.email.label("actor_email"),
            subject.name.label("subject"),
            subject.email.label("subject_email"),
            Course.title.label("course"),
            Assignment.title.label("assignment"),
        )
        .outerjoin(actor, actor.id == AuditEntry.actor_id)
        .outerjoin(subject, subject.id == AuditEntry.subject_id)
        .outerjoin(Course, Course.id == AuditEntry.course_id)
        .outerjoin(Assignment, Assignment.id == AuditEntry.assignment_id)
        .where(*_conditions(which), *_named(which.person, actor, subject))
    )
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    return session.execute(wanted.order_by(AuditEntry.id.desc()).limit(limit)).all()


def _conditions(which: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if which.action is not None:
        yield AuditEntry.action == which.action
    if which.course_id is not None:
        yield AuditEntry.course_id == which.course_id
    if which.since is not None:
        yield AuditEntry.at >= which.since
    if which.until is not None:
        yield AuditEntry.at < which.until


def _named(person: str | None, *people: type[User]) -> Iterator[ColumnElement[bool]]:
    if person is not None:
        columns = [column for one in people for column in (one.name, one.email)]
        yield or_(*(column.icontains(person, autoescape=True) for column in columns))
