"""The course of the demonstration: its assignments, one of each kind, and its people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from grader.catalog.load import Catalog
from grader.checking.policy import Counting, Late, Policy, Shown
from grader.services.assign import Setting, create_assignment
from grader.services.authenticate import SignedIn
from grader.services.course import CourseSettings, create_course
from grader.services.wall_clock import moment, shown
from grader.store.assignments import Assignment
from grader.store.courses import Course
from grader.store.engine import Sessions
from grader.store.enrolments import CourseRole, Enrolment

SETTINGS = CourseSettings("Introduction to Deep Learning", "Asia/Ho_Chi_Minh")
BEGAN = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Planned:
    """One assignment; its times are on days as far from now as said.

    Attributes:
        answered: when the last of the class sends something; None for not yet.
        between: the time from one of the class to the next.
    """

    slug: str
    opens: timedelta
    due: timedelta | None
    policy: Policy
    answered: timedelta | None
    between: timedelta = timedelta(minutes=37)


def _days(days: float) -> timedelta:
    return timedelta(days=days)


PLANNED = (
    Planned("step-network-forward", _days(-14), _days(-4), Policy(), _days(-4.2)),
    Planned("and-gate", _days(-9), _days(-2), Policy(None, Counting.LAST, Late(0.2, 1.0, 4)), _days(-0.5), _days(0.2)),
    Planned("backprop-2-2-2", _days(-4), _days(5), Policy(late=Late(0.1, 0.5, 7), points=20), _days(-0.1), _days(0.3)),
    Planned("delta-rule", _days(-4), None, Policy(solution=Shown.NEVER), _days(-0.3)),
    Planned("xor-2-2-1", _days(3), _days(12), Policy(attempts=5), None),
)


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """The course, with the ids of its assignments by exercise."""

    id: int
    assignments: dict[str, int]


def ensure_course(sessions: Sessions, catalog: Catalog, instructor: SignedIn, now: datetime) -> DemoCourse:
    """Make the course and its assignments, as far as they are not there."""
    began = now - BEGAN
    with sessions() as session:
        of_hers = select(Course.id).where(Course.created_by == instructor.id, Course.title == SETTINGS.title)
        course_id = session.scalars(of_hers.order_by(Course.id)).first()
        there = select(Assignment.slug, Assignment.id).where(Assignment.course_id == course_id)
        found = {row.slug: row.id for row in session.execute(there)}
    if course_id is None:
        course_id = create_course(sessions, instructor, SETTINGS, began)
    for planned in PLANNED:
        published = catalog.published.get(planned.slug)
        if published is not None and planned.slug not in found:
            due = None if planned.due is None else _on_the_wall(now + planned.due, "23:59")
            opens = _on_the_wall(now + planned.opens, "08:00")
            wanted = Setting(planned.slug, published.title, opens, due, planned.policy)
            found[planned.slug] = create_assignment(sessions, instructor, course_id, wanted, began)
    return DemoCourse(course_id, found)


def enrol(sessions: Sessions, course: DemoCourse, user_ids: Iterable[int], now: datetime) -> None:
    """Make these people students of the course, as far as they are not in it."""
    row = {"course_id": course.id, "role": CourseRole.STUDENT.value, "joined_at": now - BEGAN}
    with sessions.begin() as session:
        rows = [{**row, "user_id": user_id, "student_number": f"2026{user_id:04}"} for user_id in user_ids]
        session.execute(insert(Enrolment).on_conflict_do_nothing(), rows)


def _on_the_wall(day: datetime, clock: str) -> datetime:
    """The moment at which clocks in the course show this on that day."""
    return moment(f"{shown(day, SETTINGS.time_zone)[:10]}T{clock}", SETTINGS.time_zone)
