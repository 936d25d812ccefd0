"""Rows as plain values: what archives and personal data exports are made of."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from grader.store.submission_tables import Failure, Grading, Learner, Submission
from grader.store.tables import Base, Client, Enrolment, User, table


def archived_submissions(session: Session, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Give submissions, oldest first, each with its learner, its gradings and why it could not be judged, if so."""
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
    """Give who belongs to a course, as what."""
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
"""Columns that are in no archive: who has them could sign in, or join."""


def plain_rows(
    session: Session, model: type[Base], *conditions: ColumnElement[bool], without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Give the rows of a table in the order of its key, a few hundred in memory at a time; never their secrets."""
    columns = [column for column in table(model).c if column.name not in SECRETS and column.name not in without]
    wanted = select(*columns).where(*conditions).order_by(*table(model).primary_key.columns)
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {column.name: plain_value(value) for column, value in zip(columns, row, strict=True)}


def plain_value(value: Any) -> Any:
    """A value as JSON has it: moments in ISO 8601, ids as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
