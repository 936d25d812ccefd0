"""Alerts for the staff of a course."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from grader.judging.policy import start_of_minute
from grader.store import class_queries as stored
from grader.vocabulary import RegradeState

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
    """A regrade that awaits a decision."""

    regrade_id: int
    assignment_id: int
    title: str


@dataclass(frozen=True, slots=True)
class CourseAlerts:
    """All alerts of one course; `students` is the number of its students."""

    students: int = 0
    stuck: tuple[FailedAlert, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    due: tuple[Due, ...] = ()


def course_alerts(session: Session, course_ids: Collection[int], now: datetime) -> Mapping[int, CourseAlerts]:
    """Return the alerts of each of these courses, in four queries regardless of their number."""
    stuck, undecided = _stuck(session, course_ids), _undecided(session, course_ids)
    due, students = _due(session, course_ids, now), stored.count_students(session, course_ids)
    return {
        course_id: CourseAlerts(
            students.get(course_id, 0), tuple(stuck[course_id]), tuple(undecided[course_id]), tuple(due[course_id])
        )
        for course_id in course_ids
    }


def senders(session: Session, course_id: int) -> dict[int, int]:
    """Return how many current students of a course have submitted to each assignment."""
    return stored.count_senders(session, course_id)


def _stuck(session: Session, course_ids: Collection[int]) -> defaultdict[int, list[FailedAlert]]:
    found: defaultdict[int, list[FailedAlert]] = defaultdict(list)
    for row in stored.failed_by_assignment(session, course_ids):
        found[row.course_id].append(FailedAlert(row.id, row.title, row.number))
    return found


def _undecided(session: Session, course_ids: Collection[int]) -> defaultdict[int, list[Undecided]]:
    found: defaultdict[int, list[Undecided]] = defaultdict(list)
    for row in stored.regrades_in(session, course_ids, UNDECIDED):
        found[row.course_id].append(Undecided(row.id, row.assignment_id, row.title))
    return found


def _due(session: Session, course_ids: Collection[int], now: datetime) -> defaultdict[int, list[Due]]:
    found: defaultdict[int, list[Due]] = defaultdict(list)
    for row in stored.due_between(session, course_ids, start_of_minute(now), now + SOON):
        found[row.course_id].append(Due(row.id, row.title, row.due_at))
    return found
