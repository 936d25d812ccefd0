"""What one student has to do, in all courses: a handful of queries, however many there are."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.checking.policy import Attempt, Open, Override, Terms, mark, state, visible
from grader.services.assignment import Assignment, assignments_for, own_due
from grader.services.marks import Standing
from grader.store import attempts
from grader.store.allowances import Allowance
from grader.store.courses import Course
from grader.store.enrolments import CourseRole, Enrolment
from grader.store.mark_overrides import MarkOverride

Worth = Callable[[Assignment], float]
"""What the exercise of an assignment is worth by itself."""


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment as it stands for one student.

    Attributes:
        shows_mark: whether the student is shown points now.
        waiting: attempts that are not judged yet.
    """

    assignment: Assignment
    standing: Standing
    state: Open
    shows_mark: bool
    waiting: int

    @property
    def can_send(self) -> bool:
        """Whether something can be sent now."""
        return self.state in {Open.OPEN, Open.LATE}

    @property
    def has_begun(self) -> bool:
        """Whether anything was sent."""
        return bool(self.standing.attempts)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a student is with a course: of its assignments, and of the points that have been marked and show."""

    course_id: int
    course: str
    sent: int
    assignments: int
    points: float
    of: float
    most: float


def agenda(session: Session, user_id: int, worth: Worth, now: datetime) -> tuple[Task, ...]:
    """Return all assignments of the courses in which somebody is a student now; soonest due first.

    Args:
        session: joined.
        user_id: whose.
        worth: the points of an assignment's exercise.
        now: the time.
    """
    set_to = select(Enrolment.course_id).join(Course, Course.id == Enrolment.course_id)
    set_to = set_to.where(Enrolment.user_id == user_id, Enrolment.role == CourseRole.STUDENT)
    ids = session.scalars(set_to.where(Course.archived_at.is_(None))).all()
    return tasks(session, assignments_for(session, ids), user_id, worth, now)


def tasks(
    session: Session, assignments: Sequence[Assignment], user_id: int, worth: Worth, now: datetime
) -> tuple[Task, ...]:
    """Return how one student stands at each of these assignments, soonest due first."""
    terms = terms_at(session, assignments, user_id)
    sent: defaultdict[int, list[Attempt]] = defaultdict(list)
    for row in attempts.of_assignments(session, [one.id for one in assignments], [user_id]):
        sent[row.assignment_id].append(Attempt(row.id, row.submitted_at, row.given, row.max, row.failed, row.unusable))
    made = [_task(one, terms[one.id], sent[one.id], worth(one), now) for one in assignments]
    return tuple(sorted(made, key=lambda task: (not task.standing.terms.due_at, task.standing.terms.due_at or now)))


def terms_at(session: Session, assignments: Sequence[Assignment], user_id: int) -> dict[int, Terms]:
    """Return what holds for one student at each of these assignments."""
    ids = [one.id for one in assignments]
    theirs = select(Allowance).where(Allowance.assignment_id.in_(ids), Allowance.user_id == user_id)
    allowed = {row.assignment_id: row for row in session.scalars(theirs)}
    made = select(MarkOverride).where(MarkOverride.assignment_id.in_(ids), MarkOverride.user_id == user_id)
    standing = session.scalars(made.where(MarkOverride.revoked_at.is_(None)).order_by(MarkOverride.id))
    overridden = {row.assignment_id: Override(row.share, row.reason) for row in standing}  # the newest stays
    return {one.id: _terms(one, allowed.get(one.id), overridden.get(one.id)) for one in assignments}


def progress_of(done: Sequence[Task]) -> tuple[Progress, ...]:
    """Return how far a student is with each course, by its title."""
    by_course: defaultdict[tuple[str, int], list[Task]] = defaultdict(list)
    for task in done:
        by_course[task.assignment.course, task.assignment.course_id].append(task)
    return tuple(_progress(*course, of_it) for course, of_it in sorted(by_course.items()))


def _terms(assignment: Assignment, allowance: Allowance | None, override: Override | None) -> Terms:
    return Terms(
        policy=assignment.policy,
        opens_at=assignment.opens_at,
        due_at=own_due(assignment, allowance.due_at if allowance else None),
        extra_attempts=allowance.extra_attempts if allowance else 0,
        override=override,
    )


def _task(assignment: Assignment, terms: Terms, sent: Sequence[Attempt], worth: float, now: datetime) -> Task:
    reached = mark(terms, sent, worth)
    return Task(
        assignment,
        Standing(terms, tuple(sent), reached),
        Open.CLOSED if assignment.archived else state(terms, reached.attempts_used, now),
        visible(terms.policy.marks, terms, reached.attempts_used, now),
        sum(one.given is None and not one.failed for one in sent),
    )


def _progress(course: str, course_id: int, of_it: Sequence[Task]) -> Progress:
    shown = [task.standing.mark for task in of_it if task.shows_mark and task.standing.mark.points is not None]
    return Progress(
        course_id,
        course,
        sent=sum(task.has_begun for task in of_it),
        assignments=len(of_it),
        points=sum(reached.points or 0.0 for reached in shown),
        of=sum(reached.of for reached in shown),
        most=sum(task.standing.mark.of for task in of_it),
    )
