import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import repeat
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.catalog.load import Published
from grader.checking.exercise import Exercise
from grader.checking.overrides import Overrides, apply
from grader.checking.policy import Attempt, Terms, mark
from grader.checking.verdict import LETTERS, Verdict
from grader.services.analysis.alike import Wrong
from grader.services.analysis.fields import ABSENT
from grader.services.analysis.place import Typed, comparable, placed
from grader.services.analysis.work import Work
from grader.services.assignment import Assignment, all_terms
from grader.services.exercises import Revisions
from grader.store import fingerprints, rosters, works
from grader.store.works import Stamp

WRONG = LETTERS[Verdict.WRONG]
MOST_WRONG = 1500
"""Unexplained answers that are compared, the newest: a class has fewer, one of a thousand that tries twenty times more."""

NO_MISTAKES: Mapping[str, str] = {}


Place: TypeAlias = tuple[Assignment, Published]


@dataclass(frozen=True, slots=True)
class Reading:
    """When something was read: the version of all of it, the revision of the exercise, a stamp for each student."""

    version: str
    revision: str
    stamps: Mapping[int, Stamp]


@dataclass(frozen=True, slots=True)
class Classwork:
    """All that a class has done at an assignment, read once for all figures.

    Attributes:
        exercise: as it is judged at the assignment.
        works: one for each student of the course, also of those who have sent nothing; by name.
        drafting: users who have a draft.
        wrongs: unexplained wrong answers, the newest of each student and field.
        reading: what tells whether it is still so.
    """

    assignment: Assignment
    exercise: Exercise
    works: tuple[Work, ...]
    drafting: frozenset[int]
    wrongs: tuple[Wrong, ...]
    reading: Reading


def version(session: Session, assignment: Assignment, published: Published) -> str:
    """Return what changes with anything that is read here; costs a few milliseconds, however large the class is."""
    figures = fingerprints.of_assignment(session, assignment.id, assignment.course_id)
    whole = (assignment, published.revision, figures)
    return sha256(repr(whole).encode()).hexdigest()[:20]


def judged(assignment: Assignment, published: Published) -> Exercise:
    """Return the exercise as it is judged at an assignment."""
    return apply(published.exercise, Overrides.from_json(assignment.overrides))


def read_class(
    session: Session, place: Place, revisions: Revisions, version: str, before: Classwork | None = None
) -> Classwork:
    """Read everything, in a handful of queries.

    Args:
        session: of the database.
        place: the assignment with its exercise.
        revisions: exercises as they were.
        version: of what is read.
        before: what was read before; of students who have sent nothing since, it is taken over.
    """
    assignment, published = place
    exercise = judged(assignment, published)
    students = [row.id for row in rosters.students_of(session, assignment.course_id)]
    terms = all_terms(session, assignment, students)
    rows, stamps, same = _read_rows(session, place, students, before)
    read = _Reader(exercise, revisions, {row.user_id: row for row in rows}, same)
    found = tuple(read.work(user_id, terms[user_id]) for user_id in students)
    fresh = [work for work in found if work.user_id in stamps and work.user_id not in same]
    wrongs = placed(exercise, list(_typed(session, assignment, exercise, fresh)))
    if before is not None and same:
        wrongs += [wrong for wrong in before.wrongs if wrong.user_id in same]
    drafting = works.drafting(session, assignment.id)
    return Classwork(assignment, exercise, found, drafting, tuple(wrongs), Reading(version, published.revision, stamps))


def _read_rows(
    session: Session, place: Place, students: Sequence[int], before: Classwork | None
) -> tuple[Sequence[Row[*tuple[Any, ...]]], Mapping[int, Stamp], Mapping[int, Work]]:
    """The rows of those of whom anything is new, everybody's stamp, and what was read of the others before."""
    assignment, published = place
    if before is None:
        rows = works.of_assignment(session, assignment.id, published.revision)
        return rows, {row.user_id: works.stamp_of(row) for row in rows}, {}
    stamps = works.stamps(session, assignment.id)
    same = _unchanged(before, place, stamps)
    changed = [user_id for user_id in students if user_id not in same and user_id in stamps]
    wanted = changed if same else None
    rows = works.of_assignment(session, assignment.id, published.revision, wanted) if changed else ()
    return rows, stamps, same


def _unchanged(before: Classwork | None, place: Place, stamps: Mapping[int, Stamp]) -> dict[int, Work]:
    """What was read before of those who have sent nothing since, and of whom nothing was judged since."""
    assignment, published = place
    if before is None or _rules(before.assignment, before.reading.revision) != _rules(assignment, published.revision):
        return {}
    then = before.reading.stamps
    return {
        work.user_id: work
        for work in before.works
        if work.user_id in stamps and then.get(work.user_id) == stamps[work.user_id]
    }


def _rules(assignment: Assignment, revision: str) -> tuple[str, str]:
    """What submissions are judged by."""
    return revision, assignment.overrides_key


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a student's row; verdicts of former revisions are put in the order of today's fields."""

    exercise: Exercise
    revisions: Revisions
    rows: Mapping[int, Row[*tuple[Any, ...]]]
    same: Mapping[int, Work]

    def work(self, user_id: int, terms: Terms) -> Work:
        """All of one student's."""
        known = self.same.get(user_id)
        if known is None:
            attempts, verdicts, mistakes = self._sent(self.rows.get(user_id))
        elif known.terms == terms:
            return known
        else:
            attempts, verdicts, mistakes = known.attempts, known.verdicts, known.mistakes
        made = mark(terms, attempts, self.exercise.max_points)
        return Work(user_id, terms, attempts, made, verdicts, mistakes)

    def _sent(
        self, row: Row[*tuple[Any, ...]] | None
    ) -> tuple[Sequence[Attempt], Sequence[str], Sequence[Mapping[str, str]]]:
        """The attempts with their verdicts and mistakes."""
        if row is None:
            return (), [], []
        failed, unusable = _among(row.failed, row.ids), _among(row.unusable, row.ids)
        attempts = tuple(map(Attempt, row.ids, row.sent_at, row.given, row.max, failed, unusable))
        verdicts = [letters or "" for letters in row.verdicts]
        for submission_id, revision in (row.former or {}).items():
            place = row.ids.index(UUID(submission_id))
            verdicts[place] = self._translated(verdicts[place], revision)
        return attempts, verdicts, [_mistakes(text) if text else NO_MISTAKES for text in row.mistakes]

    def _translated(self, letters: str, revision: str) -> str:
        then = self.revisions.find(self.exercise.slug, revision).exercise.field_names
        by_name = dict(zip(then, letters, strict=False))
        return "".join(by_name.get(name, ABSENT) for name in self.exercise.field_names)


def _among(some: Sequence[UUID] | None, ids: Sequence[UUID]) -> Iterator[bool]:
    """Whether each id is one of these few; mostly there are none."""
    return map(set(some).__contains__, ids) if some else repeat(False)  # noqa: FBT003 - one a row


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
