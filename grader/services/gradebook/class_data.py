"""All submissions of a class to an assignment, and their analysis."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.analytics.distribution import Bin, ClassProgress, Span, Spread, class_progress, histogram, spread, timeline
from grader.analytics.fields import ABSENT, FieldTally, tally
from grader.analytics.mistakes import MistakeTally, commonest
from grader.analytics.records import AttemptCounts, StudentWork, WhichAttempt, attempt_counts
from grader.analytics.similar_answers import (
    AnswerGroup,
    TypedAnswer,
    WrongAnswer,
    newest_wrong,
    relative_values,
    similar_answers,
)
from grader.catalog.load import LoadedExercise
from grader.judging.exercise import Exercise
from grader.judging.policy import Attempt, Terms, mark
from grader.services.assignments.assignments import CourseAssignment, all_terms, exercise_at
from grader.services.assignments.marks import attempts_in
from grader.services.grading.context import Revisions
from grader.store import class_queries, courses
from grader.store.class_queries import Stamp

MOST_WRONG = 1500
"""Unexplained answers that are compared, newest first; only a class of a thousand with many attempts has more."""

AssignedExercise: TypeAlias = tuple[CourseAssignment, LoadedExercise]


@dataclass(frozen=True, slots=True)
class ClassVersion:
    """The version of what was read: of the whole, of the exercise's revision, and a stamp for each student."""

    version: str
    revision: str
    stamps: Mapping[int, Stamp]


@dataclass(frozen=True, slots=True)
class ClassData:
    """All submissions of a class to an assignment, read once for all figures.

    Attributes:
        exercise: as judged at the assignment.
        works: one for each student of the course, with or without submissions, by name.
        drafting: users who have a draft.
        wrongs: unexplained wrong answers, the newest of each student and field.
        reading: the version, which tells whether this is still current.
    """

    assignment: CourseAssignment
    exercise: Exercise
    works: tuple[StudentWork, ...]
    drafting: frozenset[int]
    wrongs: tuple[WrongAnswer, ...]
    reading: ClassVersion


def class_version(session: Session, assignment: CourseAssignment, published: LoadedExercise) -> str:
    """Return a version that changes with anything read here; takes a few milliseconds for a class of any size."""
    figures = class_queries.class_version(session, assignment.id, assignment.course_id)
    whole = (assignment, published.revision, figures)
    return sha256(repr(whole).encode()).hexdigest()[:20]


def read_class(
    session: Session, place: AssignedExercise, revisions: Revisions, version: str, before: ClassData | None = None
) -> ClassData:
    """Read everything in a handful of queries.

    Args:
        session: joined.
        place: the assignment with its exercise.
        revisions: exercises by revision.
        version: of what is read.
        before: an earlier reading, reused for students without new submissions.
    """
    assignment, published = place
    exercise = exercise_at(assignment, published)
    students = [row.id for row in courses.students_of(session, assignment.course_id)]
    terms = all_terms(session, assignment, students)
    rows, stamps, same = _read_rows(session, place, students, before)
    read = _Reader(exercise, revisions, {row.user_id: row for row in rows}, same)
    found = tuple(read.work(user_id, terms[user_id]) for user_id in students)
    fresh = [work for work in found if work.user_id in stamps and work.user_id not in same]
    wrongs = relative_values(exercise, list(_typed(session, assignment, exercise, fresh)))
    if before is not None and same:
        wrongs += [wrong for wrong in before.wrongs if wrong.user_id in same]
    drafting = class_queries.users_drafting(session, assignment.id)
    return ClassData(
        assignment, exercise, found, drafting, tuple(wrongs), ClassVersion(version, published.revision, stamps)
    )


def _read_rows(
    session: Session, place: AssignedExercise, students: Sequence[int], before: ClassData | None
) -> tuple[Sequence[Row[*tuple[Any, ...]]], Mapping[int, Stamp], Mapping[int, StudentWork]]:
    """Return the rows of students with changes, all stamps, and the earlier reading of the other students."""
    assignment, published = place
    if before is None:
        rows = class_queries.work_of_assignment(session, assignment.id, published.revision)
        return rows, {row.user_id: class_queries.stamp_of(row) for row in rows}, {}
    stamps = class_queries.class_stamps(session, assignment.id)
    same = _unchanged(before, place, stamps)
    changed = [user_id for user_id in students if user_id not in same and user_id in stamps]
    wanted = changed if same else None
    rows = class_queries.work_of_assignment(session, assignment.id, published.revision, wanted) if changed else ()
    return rows, stamps, same


def _unchanged(
    before: ClassData | None, place: AssignedExercise, stamps: Mapping[int, Stamp]
) -> dict[int, StudentWork]:
    """Return the earlier reading of students without new submissions or gradings."""
    assignment, published = place
    if before is None or _rules(before.assignment, before.reading.revision) != _rules(assignment, published.revision):
        return {}
    then = before.reading.stamps
    return {
        work.user_id: work
        for work in before.works
        if work.user_id in stamps and then.get(work.user_id) == stamps[work.user_id]
    }


def _rules(assignment: CourseAssignment, revision: str) -> tuple[str, str]:
    """Return what determines how submissions are judged."""
    return revision, assignment.overrides_key


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a student's row; verdicts of earlier revisions are put into the current order of fields."""

    exercise: Exercise
    revisions: Revisions
    rows: Mapping[int, Row[*tuple[Any, ...]]]
    same: Mapping[int, StudentWork]

    def work(self, user_id: int, terms: Terms) -> StudentWork:
        """Return all of one student's work."""
        known = self.same.get(user_id)
        if known is None:
            attempts, verdicts, mistakes = self._sent(self.rows.get(user_id))
        elif known.terms == terms:
            return known
        else:
            attempts, verdicts, mistakes = known.attempts, known.verdicts, known.mistakes
        made = mark(terms, attempts, self.exercise.max_points)
        return StudentWork(user_id, terms, attempts, made, verdicts, mistakes)

    def _sent(
        self, row: Row[*tuple[Any, ...]] | None
    ) -> tuple[Sequence[Attempt], Sequence[str], Sequence[Mapping[str, str]]]:
        """Return the attempts with their verdicts and mistakes."""
        if row is None:
            return (), [], []
        verdicts = [letters or "" for letters in row.verdicts]
        for submission_id, revision in (row.former or {}).items():
            place = row.ids.index(UUID(submission_id))
            verdicts[place] = self._translated(verdicts[place], revision)
        return attempts_in(row), verdicts, list(map(_mistakes, row.mistakes))

    def _translated(self, letters: str, revision: str) -> str:
        then = self.revisions.find(self.exercise.slug, revision).exercise.field_names
        by_name = dict(zip(then, letters, strict=False))
        return "".join(by_name.get(name, ABSENT) for name in self.exercise.field_names)


@lru_cache(maxsize=10_000)
def _mistakes(text: str | None) -> Mapping[str, str]:
    """Return the mistakes of an attempt, none if it is not graded; cached, because the same mistakes recur."""
    found: Mapping[str, str] = json.loads(text or "{}")
    return found


def typed_texts(session: Session, wanted: Sequence[tuple[UUID, str]]) -> Sequence[str | None]:
    """Return the typed text for each pair of submission and field, in their order."""
    return class_queries.typed_entries(session, wanted)


def _typed(
    session: Session, assignment: CourseAssignment, exercise: Exercise, found: Sequence[StudentWork]
) -> Iterator[TypedAnswer]:
    """Yield the typed text of wrong verdicts: the newest of each student and field, up to a limit."""
    newest = newest_wrong(exercise, found, MOST_WRONG)
    texts = class_queries.typed_entries(
        session, [(work.attempts[place].submission_id, name) for work, place, name in newest]
    )
    own = exercise.vary is not None and assignment.policy.variants
    ids = {work.attempts[place].submission_id for work, place, _ in newest} if own else set()
    givens = class_queries.givens_of(session, ids)
    for (work, place, name), text in zip(newest, texts, strict=True):
        if text is not None:
            submission_id = work.attempts[place].submission_id
            yield TypedAnswer(work.user_id, submission_id, name, text, givens.get(submission_id))


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an instructor sees of an assignment; all figures come from the same reading.

    Attributes:
        of: the maximum points.
        marks: the distribution of all marks; None without any.
        bins: the frequency of each rounded mark.
        fields: in the order of the exercise, from one attempt a student.
        looked_at: the number of attempts behind them.
        mistakes: over all attempts.
        groups: unexplained wrong answers that several students share.
        spans: when submissions were sent.
        newest: when the last one was sent.
    """

    progress: ClassProgress
    of: float
    marks: Spread | None
    bins: tuple[Bin, ...]
    fields: tuple[FieldTally, ...]
    looked_at: int
    mistakes: tuple[MistakeTally, ...]
    groups: tuple[AnswerGroup, ...]
    spans: tuple[Span, ...]
    tries: AttemptCounts
    newest: datetime | None


def analyse_class(classwork: ClassData, which: WhichAttempt) -> Analysis:
    """Compute every figure.

    Args:
        classwork: the submissions of the class.
        which: the attempt of each student that the fields are based on.
    """
    assignment, exercise, works = classwork.assignment, classwork.exercise, classwork.works
    of = assignment.policy.points_of(exercise.max_points)
    marks = [work.mark.points for work in works if work.mark.points is not None]
    letters = [work.verdicts[place] for work in works if (place := work.chosen(which)) is not None]
    sent_at = [one.sent_at for work in works for one in work.attempts]
    newest = max(sent_at, default=None)
    end = max(filter(None, (newest, assignment.due_at)), default=None)
    return Analysis(
        progress=class_progress(works, classwork.drafting),
        of=of,
        marks=spread(marks),
        bins=histogram(marks, of) if of else (),
        fields=tally(exercise, letters),
        looked_at=len(letters),
        mistakes=commonest(works, order_of(classwork)),
        groups=similar_answers(classwork.wrongs),
        spans=timeline(sent_at, end, ZoneInfo(assignment.time_zone)) if end else (),
        tries=attempt_counts(works),
        newest=newest,
    )


def order_of(classwork: ClassData) -> tuple[str, ...]:
    """Return the names of the fields in order of computation, then those that are not part of it."""
    exercise = classwork.exercise
    return tuple(dict.fromkeys((*exercise.steps, *exercise.field_names)))


def labels_of(classwork: ClassData) -> Mapping[str, str]:
    """Return the LaTeX labels of the fields, by name."""
    return {field.name: field.label for field in classwork.exercise.fields}
