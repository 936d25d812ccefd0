"""Marks and progress from stored gradings, always through `policy.mark`, and marks set by hand in their place.

An override has a reason, is kept, and can be revoked.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import repeat
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.judging.policy import (
    Attempt,
    AttemptValue,
    Mark,
    Override,
    Policy,
    Terms,
    attempt_value,
    mark,
    points_gained,
)
from grader.judging.report import Score
from grader.services.assignments.assignments import (
    AssignmentSettings,
    CourseAssignment,
    all_terms,
    exercise_at,
    students_of,
)
from grader.services.courses.members import StudentPlace, find_student
from grader.services.courses.membership import InstructorOf
from grader.services.errors import UnusableMark
from grader.store import assignments, audit, class_queries, grading_queue, submission_queries
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.vocabulary import SubmissionFilter


def max_points_of(session: Session, catalog: Catalog, assignment: CourseAssignment) -> float:
    """Return the points of an assignment's exercise as it is judged there, before the policy's scaling.

    If its folder no longer exists, return the points at the time of judging, so that marks stay the same; 0 if nobody
    has submitted anything.
    """
    published = catalog.published.get(assignment.slug)
    if published is None:
        return grading_queue.most_points(session, assignment.id) or 0.0
    return exercise_at(assignment, published).max_points if assignment.overrides else published.exercise.max_points


@dataclass(frozen=True, slots=True)
class StudentMark:
    """One student's terms, attempts and mark at an assignment; `attempts` in order of submission."""

    terms: Terms
    attempts: tuple[Attempt, ...]
    mark: Mark

    @property
    def worths(self) -> Mapping[UUID, AttemptValue]:
        """The points that each graded attempt earns on its own."""
        top = self.mark.of  # the assignment's points already include the policy's scaling
        made = {one.submission_id: attempt_value(self.terms, one, top) for one in self.attempts}
        return {submission_id: one for submission_id, one in made.items() if one is not None}


def marks_of(
    session: Session, assignment: CourseAssignment, max_points: float, user_ids: Collection[int]
) -> Mapping[int, StudentMark]:
    """Return terms, attempts and mark of each of these students, by user id, with or without submissions.

    Three queries, however many students there are.
    """
    wanted = None if len(user_ids) > 1 else user_ids  # a whole class is wanted: listing its ids costs more
    rows = class_queries.attempts_of_assignment(session, assignment.id, wanted)
    sent = {row.user_id: attempts_in(row) for row in rows}
    terms = all_terms(session, assignment, list(user_ids))
    return {
        user_id: StudentMark(
            terms[user_id], sent.get(user_id, ()), mark(terms[user_id], sent.get(user_id, ()), max_points)
        )
        for user_id in user_ids
    }


def attempts_in(row: Row[*tuple[Any, ...]]) -> tuple[Attempt, ...]:
    """Return the attempts in a student's row of arrays, in order of submission."""
    failed, unusable = _among(row.failed, row.ids), _among(row.unusable, row.ids)
    return tuple(
        map(Attempt._make, zip(row.ids, row.sent_at, row.given, row.max, failed, unusable, strict=False))
    )  # `repeat` has no end


def _among(some: Sequence[UUID] | None, ids: Sequence[UUID]) -> Iterator[bool]:
    """Yield whether each id is among these few; usually there are none."""
    return map(set(some).__contains__, ids) if some else repeat(False)  # noqa: FBT003 - one a row


def mark_of(session: Session, assignment: CourseAssignment, max_points: float, user_id: int) -> StudentMark:
    """Return terms, attempts and mark of one student."""
    return marks_of(session, assignment, max_points, [user_id])[user_id]


@dataclass(frozen=True, slots=True)
class ExerciseProgress:
    """A learner's progress at one exercise.

    Attributes:
        client: the source of the submissions: our own pages ("web") or an LMS; references are unique only within a
            client.
        attempts: excludes those that we could not judge.
        best: None while nothing is graded.
        submission_id: the submission with the best score.
    """

    slug: str
    learner_ref: str
    client: str
    attempts: int
    best: Score | None
    submission_id: UUID


def progress_of_learners(session: Session, whose: SubmissionFilter) -> tuple[ExerciseProgress, ...]:
    """Return the progress of each learner at each exercise with submissions, by learner and exercise."""
    return tuple(
        ExerciseProgress(
            slug=row.slug,
            learner_ref=row.learner_ref,
            client=row.client,
            attempts=row.attempts,
            best=None if row.given is None else Score(row.given, row.max),
            submission_id=row.id,
        )
        for row in submission_queries.best_outcomes(session, whose)
    )


@dataclass(frozen=True, slots=True)
class MarkChangePreview:
    """The numbers of students whose marks would rise and fall."""

    up: int = 0
    down: int = 0

    @property
    def is_any(self) -> bool:
        """Whether any mark would change."""
        return bool(self.up or self.down)

    @property
    def key(self) -> str:
        """A key that differs for every different preview."""
        return f"{self.up}-{self.down}"


def preview_mark_changes(
    session: Session, assignment: CourseAssignment, wanted: AssignmentSettings, worth: float
) -> MarkChangePreview:
    """Return how changing an assignment would affect marks; `worth` is the exercise's points."""
    students = [user_id for user_id, _ in students_of(session, assignment.course_id)]
    changed = replace(assignment, opens_at=wanted.opens_at, due_at=wanted.due_at, policy=wanted.policy)
    terms = all_terms(session, changed, students)
    gains = []
    for user_id, before in marks_of(session, assignment, worth, students).items():
        after = mark(terms[user_id], before.attempts, worth)
        gains.append(points_gained(before.mark, after))
    return MarkChangePreview(sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains))


def without_marks(wanted: Policy, now: Policy) -> Policy:
    """Return the wanted policy with the parts that affect marks as they are now."""
    late = replace(wanted.late, per_day=now.late.per_day, cap=now.late.cap)
    return replace(wanted, attempts=now.attempts, counting=now.counting, points=now.points, late=late)


@dataclass(frozen=True, slots=True)
class Overridden:
    """An override, active or revoked; names of deleted accounts are None."""

    share: float
    reason: str
    made_by: str | None
    made_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


def override_mark(sessions: Sessions, by: InstructorOf, at: StudentPlace, wanted: Override, now: datetime) -> None:
    """Set a student's mark, replacing any earlier override.

    Raises:
        UnknownAssignment: the course has no such assignment or no such student.
        UnusableMark: it is not a share from 0 to 1, or has no reason.
    """
    if not 0 <= wanted.share <= 1:
        raise UnusableMark("Enter a mark between 0 and full marks.")
    if not wanted.reason.strip():
        raise UnusableMark("Give a reason for the mark override.")
    with sessions.begin() as session:
        find_student(session, by.course_id, at)
        assignments.revoke_mark_override(session, at.assignment_id, at.user_id, by.user_id, now)
        row = {"assignment_id": at.assignment_id, "user_id": at.user_id, "made_by": by.user_id, "made_at": now}
        assignments.add_mark_override(session, {**row, "share": wanted.share, "reason": wanted.reason.strip()})
        detail = {"share": wanted.share}
        event = AuditEvent(
            now, "mark.overridden", by.user_id, by.course_id, at.assignment_id, at.user_id, detail=detail
        )
        audit.add_event(session, event)


def revoke_override(sessions: Sessions, by: InstructorOf, at: StudentPlace, now: datetime) -> None:
    """Restore the computed mark; does nothing if no override is active.

    Raises:
        UnknownAssignment: the course has no such assignment or no such student.
    """
    with sessions.begin() as session:
        find_student(session, by.course_id, at)
        if assignments.revoke_mark_override(session, at.assignment_id, at.user_id, by.user_id, now):
            event = AuditEvent(now, "mark.restored", by.user_id, by.course_id, at.assignment_id, at.user_id)
            audit.add_event(session, event)


def overrides_of(session: Session, at: StudentPlace) -> tuple[Overridden, ...]:
    """Return all overrides of a student's mark, newest first."""
    rows = assignments.mark_override_history(session, at.assignment_id, at.user_id)
    return tuple(
        Overridden(one.share, one.reason, made_by, one.made_at, revoked_by, one.revoked_at)
        for one, made_by, revoked_by in rows
    )
