"""Submissions with all their gradings, people of courses: what archives hold beside plain rows."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from grader.store.base import table
from grader.store.clients import Client
from grader.store.enrolments import Enrolment
from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.plain_rows import AT_ONCE, plain
from grader.store.submissions import Submission
from grader.store.users import User


def submissions(session: Session, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
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
        graded = _gradings(session, [row.id for row in some])
        for row in some:
            sent = {name: plain(value) for name, value in row._asdict().items()}
            yield {**sent, "gradings": graded.get(row.id, [])}


def people(session: Session, course_id: int, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Give who belongs to a course, as what."""
    wanted = (
        select(User.id, User.email, User.name, Enrolment.role, Enrolment.student_number, Enrolment.joined_at)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, *conditions)
        .order_by(User.id)
    )
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {name: plain(value) for name, value in row._asdict().items()}


def _gradings(session: Session, submission_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    wanted = select(*table(Grading).c).where(Grading.submission_id.in_(submission_ids)).order_by(Grading.id)
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(wanted):
        found[row.submission_id].append({name: plain(value) for name, value in row._asdict().items()})
    return found
