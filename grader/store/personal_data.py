"""Rows as plain values, for archives and personal data exports."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from grader.store.submission_tables import AuditEntry, Blob, Failure, Grading, Learner, Submission, Variant
from grader.store.tables import Assignment, Base, Client, Course, Enrolment, StudentMessage, User, table
from grader.vocabulary import CourseRole


def archived_submissions(session: Session, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Yield submissions, oldest first, each with its learner, gradings and failure."""
    wanted = (
        select(
            *table(Submission).c,
            Learner.user_id,
            Learner.ref.label("learner"),
            Client.name.label("client"),
            Failure.reason.label("failure"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(*conditions)
        .order_by(Submission.submitted_at, Submission.id)
    )
    for some in session.execute(wanted, execution_options={"yield_per": AT_ONCE}).partitions():
        graded = _gradings_of(session, [row.id for row in some])
        for row in some:
            sent = {name: plain_value(value) for name, value in row._asdict().items()}
            yield {**sent, "gradings": graded.get(row.id, [])}


def archived_people(session: Session, course_id: int, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Yield the members of a course with their roles."""
    wanted = (
        select(User.id, User.email, User.name, Enrolment.role, Enrolment.student_number, Enrolment.joined_at)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, *conditions)
        .order_by(User.id)
    )
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {name: plain_value(value) for name, value in row._asdict().items()}


def _gradings_of(session: Session, submission_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    wanted = select(*table(Grading).c).where(Grading.submission_id.in_(submission_ids)).order_by(Grading.id)
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(wanted):
        found[row.submission_id].append({name: plain_value(value) for name, value in row._asdict().items()})
    return found


AT_ONCE = 200
SECRETS = frozenset({"password_hash", "token_sha256", "sha256", "join_code"})
"""Columns that no archive contains: they would allow signing in or joining a course."""


def plain_rows(
    session: Session, model: type[Base], *conditions: ColumnElement[bool], without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table in key order without secrets, a few hundred in memory at a time."""
    columns = [column for column in table(model).c if column.name not in SECRETS and column.name not in without]
    wanted = select(*columns).where(*conditions).order_by(*table(model).primary_key.columns)
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {column.name: plain_value(value) for column, value in zip(columns, row, strict=True)}


def rows_of_person(
    session: Session, model: type[Base], user_id: int, *, without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table that concern one user."""
    about = ABOUT.get(model)
    condition = table(model).c.user_id == user_id if about is None else about(user_id)
    return plain_rows(session, model, condition, without=without)


ABOUT: Mapping[type[Base], Callable[[int], ColumnElement[bool]]] = MappingProxyType(
    {
        User: lambda user_id: User.id == user_id,
        Variant: lambda user_id: Variant.learner_id.in_(select(Learner.id).where(Learner.user_id == user_id)),
        StudentMessage: lambda user_id: or_(StudentMessage.to_user == user_id, StudentMessage.from_user == user_id),
        AuditEntry: lambda user_id: or_(AuditEntry.subject_id == user_id, AuditEntry.actor_id == user_id),
    }
)
"""Conditions for a user's rows in tables without a column `user_id`."""


def submissions_of_person(session: Session, user_id: int) -> Iterator[dict[str, Any]]:
    """Yield the submissions of one user, as in `archived_submissions`."""
    return archived_submissions(session, Learner.user_id == user_id)


def courses_of_person(session: Session, user_id: int) -> Iterator[dict[str, Any]]:
    """Yield the courses in which a user is enrolled."""
    wanted = (
        select(Course.id, Course.title, Enrolment.role, Enrolment.student_number, Enrolment.joined_at)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.user_id == user_id)
        .order_by(Course.id)
    )
    for row in session.execute(wanted).all():
        yield {**row._asdict(), "joined_at": row.joined_at.isoformat()}


def assignments_of_person(session: Session, user_id: int) -> Sequence[int]:
    """Return the ids of the assignments in a student's courses, and of those the user has submitted to."""
    studied = select(Enrolment.course_id).where(Enrolment.user_id == user_id, Enrolment.role == CourseRole.STUDENT)
    sent = select(Submission.assignment_id).join(Learner, Learner.id == Submission.learner_id)
    wanted = select(Assignment.id).where(
        or_(Assignment.course_id.in_(studied), Assignment.id.in_(sent.where(Learner.user_id == user_id)))
    )
    return session.scalars(wanted.order_by(Assignment.id)).all()


def files_of_person(session: Session, user_id: int) -> Iterator[tuple[str, bytes]]:
    """Yield hash and content of each file that a user has submitted, one in memory at a time."""
    sent = select(Submission.blob_sha256).join(Learner, Learner.id == Submission.learner_id)
    hashes = session.scalars(sent.where(Learner.user_id == user_id, Submission.blob_sha256.is_not(None)).distinct())
    for sha256 in sorted(filter(None, hashes.all())):
        yield sha256, session.scalars(select(Blob.content).where(Blob.sha256 == sha256)).one()


def plain_value(value: Any) -> Any:
    """Return a JSON value: times in ISO 8601, ids as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
