"""Marks and progress from stored gradings, always through `policy.mark`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.judging.policy import Attempt, AttemptValue, Mark, Terms, attempt_value, mark
from grader.judging.report import Score
from grader.services.assignments.assignments import CourseAssignment, all_terms, exercise_at
from grader.store import class_queries, grading_queue, submission_queries
from grader.store.submission_queries import SubmissionFilter


def max_points_of(session: Session, catalog: Catalog, assignment: CourseAssignment) -> float:
    """Return what the exercise of an assignment is worth by itself, as it is judged there.

    Where its folder is gone that is what it was worth when it was judged, so that marks stay what they were; nothing
    where nobody has answered it.
    """
    published = catalog.published.get(assignment.slug)
    if published is None:
        return grading_queue.most_points(session, assignment.id) or 0.0
    return exercise_at(assignment, published).max_points if assignment.overrides else published.exercise.max_points


@dataclass(frozen=True, slots=True)
class StudentMark:
    """How far one student is with one assignment; `attempts` in the order in which they were sent."""

    terms: Terms
    attempts: tuple[Attempt, ...]
    mark: Mark

    @property
    def worths(self) -> Mapping[UUID, AttemptValue]:
        """What each graded attempt is worth by itself."""
        top = self.mark.of  # what the assignment is worth already has the policy's points in it
        made = {one.submission_id: attempt_value(self.terms, one, top) for one in self.attempts}
        return {submission_id: one for submission_id, one in made.items() if one is not None}


def marks_of(
    session: Session, assignment: CourseAssignment, max_points: float, user_ids: Collection[int]
) -> Mapping[int, StudentMark]:
    """Return the standing of each of these students, by user; also of those who have sent nothing.

    Three queries, however many students there are.
    """
    wanted = None if len(user_ids) > 1 else user_ids  # of a class all are wanted: naming them costs more
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
    """Return the attempts of a student's row of arrays, in the order of sending."""
    failed, unusable = _among(row.failed, row.ids), _among(row.unusable, row.ids)
    return tuple(map(Attempt, row.ids, row.sent_at, row.given, row.max, failed, unusable))


def _among(some: Sequence[UUID] | None, ids: Sequence[UUID]) -> Iterator[bool]:
    """Whether each id is one of these few; mostly there are none."""
    return map(set(some).__contains__, ids) if some else repeat(False)  # noqa: FBT003 - one a row


def mark_of(session: Session, assignment: CourseAssignment, max_points: float, user_id: int) -> StudentMark:
    """Return the standing of one student."""
    return marks_of(session, assignment, max_points, [user_id])[user_id]


@dataclass(frozen=True, slots=True)
class ExerciseProgress:
    """How far a learner is with an exercise.

    Attributes:
        client: who sent it: our own pages ("web") or an LMS; two of them may know two people by one name.
        attempts: without those that we could not judge.
        best: None while nothing is graded.
        submission_id: the submission that has the best score.
    """

    slug: str
    learner_ref: str
    client: str
    attempts: int
    best: Score | None
    submission_id: UUID


def progress_of_learners(session: Session, whose: SubmissionFilter) -> tuple[ExerciseProgress, ...]:
    """Return one for each learner and exercise that was tried, by learner and exercise."""
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
