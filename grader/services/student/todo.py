"""A student's to-do list across all courses, and status at one assignment; each in a handful of queries."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.judging.policy import Attempt, Open, ReportVisibility, Terms, mark, state, visibility, visible
from grader.services.assignments.assignments import CourseAssignment, assignments_for, terms_at_assignments
from grader.services.assignments.marks import StudentMark, mark_of
from grader.services.submissions.drafts import StoredDraft, at_assignment, find_draft
from grader.store import courses, submission_queries

Worth = Callable[[CourseAssignment], float]
"""Returns the points of an assignment's exercise."""


@dataclass(frozen=True, slots=True)
class TodoItem:
    """An assignment and its status for one student.

    Attributes:
        shows_mark: whether the student sees points now.
        waiting: attempts that have not been judged yet.
    """

    assignment: CourseAssignment
    standing: StudentMark
    state: Open
    shows_mark: bool
    waiting: int

    @property
    def can_send(self) -> bool:
        """Whether an attempt can be submitted now."""
        return self.state.takes_attempts

    @property
    def has_begun(self) -> bool:
        """Whether anything was submitted."""
        return bool(self.standing.attempts)


@dataclass(frozen=True, slots=True)
class TodoProgress:
    """A student's progress in a course: assignments submitted, and points marked and shown."""

    course_id: int
    course: str
    sent: int
    assignments: int
    points: float
    of: float
    most: float


def agenda(session: Session, user_id: int, worth: Worth, now: datetime) -> tuple[TodoItem, ...]:
    """Return the assignments of all courses in which a user is currently a student, by due time.

    Args:
        session: joined.
        user_id: the student.
        worth: returns the points of an assignment's exercise.
        now: the time.
    """
    ids = courses.courses_studied_by(session, user_id)
    return todo_items(session, assignments_for(session, ids), user_id, worth, now)


def todo_items(
    session: Session, assignments: Sequence[CourseAssignment], user_id: int, worth: Worth, now: datetime
) -> tuple[TodoItem, ...]:
    """Return one student's status at each of these assignments, by due time."""
    terms = terms_at_assignments(session, assignments, user_id)
    sent: defaultdict[int, list[Attempt]] = defaultdict(list)
    for row in submission_queries.attempts_at(session, [one.id for one in assignments], [user_id]):
        sent[row.assignment_id].append(Attempt(row.id, row.submitted_at, row.given, row.max, row.failed, row.unusable))
    made = [_todo_item(one, terms[one.id], sent[one.id], worth(one), now) for one in assignments]
    return tuple(sorted(made, key=lambda task: (not task.standing.terms.due_at, task.standing.terms.due_at or now)))


def progress_of(done: Sequence[TodoItem]) -> tuple[TodoProgress, ...]:
    """Return a student's progress in each course, by its title."""
    by_course: defaultdict[tuple[str, int], list[TodoItem]] = defaultdict(list)
    for task in done:
        by_course[task.assignment.course, task.assignment.course_id].append(task)
    return tuple(_progress(*course, of_it) for course, of_it in sorted(by_course.items()))


def _todo_item(
    assignment: CourseAssignment, terms: Terms, sent: Sequence[Attempt], worth: float, now: datetime
) -> TodoItem:
    reached = mark(terms, sent, worth)
    return TodoItem(
        assignment,
        StudentMark(terms, tuple(sent), reached),
        Open.CLOSED if assignment.archived else state(terms, reached.attempts_used, now),
        visible(terms.policy.marks, terms, reached.attempts_used, now),
        sum(one.given is None and not one.failed for one in sent),
    )


def _progress(course: str, course_id: int, of_it: Sequence[TodoItem]) -> TodoProgress:
    shown = [task.standing.mark for task in of_it if task.shows_mark and task.standing.mark.points is not None]
    return TodoProgress(
        course_id,
        course,
        sent=sum(task.has_begun for task in of_it),
        assignments=len(of_it),
        points=sum(reached.points or 0.0 for reached in shown),
        of=sum(reached.of for reached in shown),
        most=sum(task.standing.mark.of for task in of_it),
    )


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message from the staff to the student; `sender` is None once that account is gone."""

    text: str
    sent_at: datetime
    sender: str | None


@dataclass(frozen=True, slots=True)
class AssignmentStatus:
    """A student's current status at an assignment.

    Attributes:
        assignment: as set.
        standing: terms, attempts and mark.
        state: whether an attempt can be submitted.
        disclosure: how much of reports is shown.
        draft: typed but not submitted.
        words: messages from the staff, newest first.
        now: the time of the status.
    """

    assignment: CourseAssignment
    standing: StudentMark
    state: Open
    disclosure: ReportVisibility
    draft: StoredDraft | None
    words: tuple[ReceivedMessage, ...]
    now: datetime


def assignment_status(
    session: Session, assignment: CourseAssignment, max_points: float, user_id: int, now: datetime
) -> AssignmentStatus:
    """Return a student's status at an assignment.

    Args:
        session: joined.
        assignment: as set.
        max_points: points of its exercise.
        user_id: the student.
        now: the time.
    """
    standing = mark_of(session, assignment, max_points, user_id)
    used = standing.mark.attempts_used
    rows = courses.messages_to_student(session, user_id, assignment.id)
    return AssignmentStatus(
        assignment=assignment,
        standing=standing,
        state=Open.CLOSED if assignment.archived else state(standing.terms, used, now),
        disclosure=visibility(standing.terms, used, now),
        draft=find_draft(session, at_assignment(user_id, assignment.id)),
        words=tuple(ReceivedMessage(row.text, row.sent_at, row.name) for row in rows),
        now=now,
    )
