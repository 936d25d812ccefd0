"""Alerts for the staff of courses: counts, failures, open regrades, due dates; one statement for any number of courses."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from grader.store.outcomes import has_failed_here, with_outcome
from grader.store.submission_tables import Learner, Regrade, Submission
from grader.store.tables import Assignment, Enrolment
from grader.vocabulary import CourseRole


def count_students(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return the number of students of each course; courses without students are left out."""
    counted = select(Enrolment.course_id, func.count()).where(Enrolment.course_id.in_(course_ids))
    rows = session.execute(counted.where(Enrolment.role == CourseRole.STUDENT).group_by(Enrolment.course_id))
    return {row[0]: row[1] for row in rows}


def count_senders(session: Session, course_id: int) -> dict[int, int]:
    """Return the number of a course's students with submissions to each of its assignments."""
    counted = (
        select(Assignment.id, func.count(func.distinct(Enrolment.user_id)))
        .join(Submission, Submission.assignment_id == Assignment.id)
        .join(Learner, Learner.id == Submission.learner_id)
        .join(Enrolment, and_(Enrolment.user_id == Learner.user_id, Enrolment.course_id == Assignment.course_id))
        .where(Assignment.course_id == course_id, Enrolment.role == CourseRole.STUDENT)
        .group_by(Assignment.id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def failed_by_assignment(session: Session, course_ids: Collection[int]) -> Sequence[Row[int, int, str, int]]:
    """Return course, id and title of assignments with submissions that could not be graded, and how many (`number`)."""
    failed = (
        select(Assignment.course_id, Assignment.id, Assignment.title, func.count().label("number"))
        .join(Submission, Submission.assignment_id == Assignment.id)
        .where(Assignment.course_id.in_(course_ids), has_failed_here())
        .group_by(Assignment.id)
        .order_by(Assignment.id)
    )
    return session.execute(with_outcome(failed)).all()


def regrades_in(
    session: Session, course_ids: Collection[int], states: Collection[str]
) -> Sequence[Row[int, int, int, str]]:
    """Return course, id, assignment and its title of the regrades in one of these states, oldest first."""
    return session.execute(
        select(Assignment.course_id, Regrade.id, Regrade.assignment_id, Assignment.title)
        .join(Regrade, Regrade.assignment_id == Assignment.id)
        .where(Assignment.course_id.in_(course_ids), Regrade.state.in_(states))
        .order_by(Regrade.id)
    ).all()


def due_between(
    session: Session, course_ids: Collection[int], first: datetime, end: datetime
) -> Sequence[Row[int, int, str, datetime | None]]:
    """Return course, id, title and due time of assignments, not archived, that are due from `first` to before `end`."""
    return session.execute(
        select(Assignment.course_id, Assignment.id, Assignment.title, Assignment.due_at)
        .where(Assignment.course_id.in_(course_ids), Assignment.archived_at.is_(None))
        .where(Assignment.due_at >= first, Assignment.due_at < end)
        .order_by(Assignment.due_at)
    ).all()
