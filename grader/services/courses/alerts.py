"""What those who teach a course should look at."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from grader.judging.policy import start_of_minute
from grader.store.submission_tables import Failure, Grading, Learner, Regrade, Submission
from grader.store.tables import Assignment, Enrolment
from grader.vocabulary import CourseRole, RegradeState

SOON = timedelta(days=7)
UNDECIDED = (RegradeState.READY.value, RegradeState.FAILED.value)


@dataclass(frozen=True, slots=True)
class Due:
    """An assignment that is due soon."""

    assignment_id: int
    title: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class FailedAlert:
    """An assignment with submissions that could not be graded."""

    assignment_id: int
    title: str
    number: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """A regrade that waits for somebody's decision."""

    regrade_id: int
    assignment_id: int
    title: str


@dataclass(frozen=True, slots=True)
class CourseAlerts:
    """All of it for one course; `students` is how many there are."""

    students: int = 0
    stuck: tuple[FailedAlert, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    due: tuple[Due, ...] = ()


def course_alerts(session: Session, course_ids: Collection[int], now: datetime) -> Mapping[int, CourseAlerts]:
    """Return what to look at in each of these courses: four queries, however many there are."""
    stuck, undecided = _stuck(session, course_ids), _undecided(session, course_ids)
    due, students = _due(session, course_ids, now), _students(session, course_ids)
    return {
        course_id: CourseAlerts(
            students.get(course_id, 0), tuple(stuck[course_id]), tuple(undecided[course_id]), tuple(due[course_id])
        )
        for course_id in course_ids
    }


def senders(session: Session, course_id: int) -> dict[int, int]:
    """Return how many of today's students have sent something to each assignment of a course."""
    counted = (
        select(Assignment.id, func.count(func.distinct(Enrolment.user_id)))
        .join(Submission, Submission.assignment_id == Assignment.id)
        .join(Learner, Learner.id == Submission.learner_id)
        .join(Enrolment, and_(Enrolment.user_id == Learner.user_id, Enrolment.course_id == Assignment.course_id))
        .where(Assignment.course_id == course_id, Enrolment.role == CourseRole.STUDENT)
        .group_by(Assignment.id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def _students(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    counted = select(Enrolment.course_id, func.count()).where(Enrolment.course_id.in_(course_ids))
    rows = session.execute(counted.where(Enrolment.role == CourseRole.STUDENT).group_by(Enrolment.course_id))
    return {course_id: number for course_id, number in rows}  # noqa: C416 - a row is no pair to the types


def _stuck(session: Session, course_ids: Collection[int]) -> defaultdict[int, list[FailedAlert]]:
    found: defaultdict[int, list[FailedAlert]] = defaultdict(list)
    rows = session.execute(
        select(Assignment.course_id, Assignment.id, Assignment.title, func.count().label("number"))
        .join(Submission, Submission.assignment_id == Assignment.id)
        .join(Failure, Failure.submission_id == Submission.id)
        .outerjoin(Grading, and_(Grading.submission_id == Submission.id, Grading.counts))
        .where(Assignment.course_id.in_(course_ids), Grading.id.is_(None), Failure.unusable_file.is_(None))
        .group_by(Assignment.id)
        .order_by(Assignment.id)
    )
    for row in rows:
        found[row.course_id].append(FailedAlert(row.id, row.title, row.number))
    return found


def _undecided(session: Session, course_ids: Collection[int]) -> defaultdict[int, list[Undecided]]:
    found: defaultdict[int, list[Undecided]] = defaultdict(list)
    rows = session.execute(
        select(Assignment.course_id, Regrade.id, Regrade.assignment_id, Assignment.title)
        .join(Regrade, Regrade.assignment_id == Assignment.id)
        .where(Assignment.course_id.in_(course_ids), Regrade.state.in_(UNDECIDED))
        .order_by(Regrade.id)
    )
    for row in rows:
        found[row.course_id].append(Undecided(row.id, row.assignment_id, row.title))
    return found


def _due(session: Session, course_ids: Collection[int], now: datetime) -> defaultdict[int, list[Due]]:
    found: defaultdict[int, list[Due]] = defaultdict(list)
    rows = session.execute(
        select(Assignment.course_id, Assignment.id, Assignment.title, Assignment.due_at)
        .where(Assignment.course_id.in_(course_ids), Assignment.archived_at.is_(None))
        .where(Assignment.due_at >= start_of_minute(now), Assignment.due_at < now + SOON)
        .order_by(Assignment.due_at)
    )
    for row in rows:
        found[row.course_id].append(Due(row.id, row.title, row.due_at))
    return found
