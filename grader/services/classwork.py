import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.catalog.load import Published
from grader.checking.exercise import Exercise
from grader.checking.overrides import Overrides, apply
from grader.checking.policy import Attempt, mark
from grader.checking.verdict import LETTERS, Verdict
from grader.services.analysis.alike import Wrong
from grader.services.analysis.fields import ABSENT
from grader.services.analysis.place import Typed, comparable, placed
from grader.services.analysis.work import Work
from grader.services.assignment import Assignment, all_terms
from grader.services.exercises import Revisions
from grader.store import fingerprints, rosters, works

WRONG = LETTERS[Verdict.WRONG]
MOST_WRONG = 1500
"""Unexplained answers that are compared, the newest: a class has fewer, one of a thousand that tries twenty times more."""

NO_MISTAKES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Classwork:
    """All that a class has done at an assignment, read once for all figures.

    Attributes:
        exercise: as it is judged at the assignment.
        works: one for each student of the course, also of those who have sent nothing; by name.
        drafting: users who have a draft.
        wrongs: unexplained wrong answers, the newest of each student and field.
    """

    assignment: Assignment
    exercise: Exercise
    works: tuple[Work, ...]
    drafting: frozenset[int]
    wrongs: tuple[Wrong, ...]


def version(session: Session, assignment: Assignment, published: Published) -> str:
    """Return what changes with anything that is read here; costs a few milliseconds, however large the class is."""
    figures = fingerprints.of_assignment(session, assignment.id, assignment.course_id)
    whole = (assignment, published.revision, figures)
    return sha256(repr(whole).encode()).hexdigest()[:20]


def judged(assignment: Assignment, published: Published) -> Exercise:
    """Return the exercise as it is judged at an assignment."""
    return apply(published.exercise, Overrides.from_json(assignment.overrides))


def read_class(session: Session, assignment: Assignment, published: Published, revisions: Revisions) -> Classwork:
    """Read everything, in a handful of queries."""
    exercise = judged(assignment, published)
    students = [row.id for row in rosters.students_of(session, assignment.course_id)]
    terms = all_terms(session, assignment, students)
    rows = {row.user_id: row for row in works.of_assignment(session, assignment.id, published.revision)}
    read = _Reader(exercise, revisions)
    found = []
    for user_id in students:
        attempts, verdicts, mistakes = read.sent(rows.get(user_id))
        made = mark(terms[user_id], attempts, exercise.max_points)
        found.append(Work(user_id, terms[user_id], attempts, made, verdicts, mistakes))
    drafting = works.drafting(session, assignment.id)
    wrongs = placed(exercise, list(_typed(session, assignment, exercise, found)))
    return Classwork(assignment, exercise, tuple(found), drafting, tuple(wrongs))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a student's row; verdicts of former revisions are put in the order of today's fields."""

    exercise: Exercise
    revisions: Revisions

    def sent(self, row: Row[*tuple[Any, ...]] | None) -> tuple[tuple[Attempt, ...], list[str], list[Mapping[str, str]]]:
        """The attempts with their verdicts and mistakes."""
        if row is None:
            return (), [], []
        attempts = tuple(map(Attempt, row.ids, row.sent_at, row.given, row.max, row.failed))
        verdicts = [letters or "" for letters in row.verdicts]
        for place, revision in enumerate(row.revisions):
            if revision is not None:
                verdicts[place] = self._translated(verdicts[place], revision)
        return attempts, verdicts, [_mistakes(text) if text else NO_MISTAKES for text in row.mistakes]

    def _translated(self, letters: str, revision: str) -> str:
        then = self.revisions.find(self.exercise.slug, revision).exercise.field_names
        by_name = dict(zip(then, letters, strict=False))
        return "".join(by_name.get(name, ABSENT) for name in self.exercise.field_names)


@lru_cache(maxsize=10_000)
def _mistakes(text: str) -> Mapping[str, str]:
    """The same mistakes come again and again."""
    found: Mapping[str, str] = json.loads(text)
    return found


def _typed(session: Session, assignment: Assignment, exercise: Exercise, found: Sequence[Work]) -> Iterator[Typed]:
    """What was typed where a verdict is wrong: of each student and field the newest, and not more than so many."""
    newest = sorted(_newest_wrong(exercise, found), key=lambda one: one[0].attempts[one[1]].sent_at)[-MOST_WRONG:]
    texts = works.entries(session, [(work.attempts[place].submission_id, name) for work, place, name in newest])
    own = exercise.vary is not None and assignment.policy.variants
    ids = {work.attempts[place].submission_id for work, place, _ in newest} if own else set()
    givens = works.givens_of(session, ids)
    for (work, place, name), text in zip(newest, texts, strict=True):
        if text is not None:
            submission_id = work.attempts[place].submission_id
            yield Typed(work.user_id, submission_id, name, text, givens.get(submission_id))


def _newest_wrong(exercise: Exercise, found: Sequence[Work]) -> Iterator[tuple[Work, int, str]]:
    names, wanted = exercise.field_names, comparable(exercise)
    for work in found:
        newest: dict[str, int] = {}
        for attempt, letters in enumerate(work.verdicts):
            place = letters.find(WRONG)
            while place >= 0:
                newest[names[place]] = attempt
                place = letters.find(WRONG, place + 1)
        yield from ((work, attempt, name) for name, attempt in newest.items() if name in wanted)
