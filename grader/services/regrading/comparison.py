"""The effect of a regrade: changed marks and verdicts, with causes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.judging.exercise import Exercise
from grader.judging.overrides import apply
from grader.judging.policy import Attempt, Mark, Policy, Terms, mark, points_gained
from grader.judging.verdict import LETTERS, Verdict
from grader.services.assignments.assignments import CourseAssignment, all_terms, find_assignment, terms_of
from grader.services.regrading.regrades import FoundRegrade
from grader.store import accounts, regrade_states, regrades
from grader.store.submission_tables import Regrade
from grader.vocabulary import IN_FORCE, RegradeState

VERDICTS = {letter: verdict for verdict, letter in LETTERS.items()}

FieldNames = Callable[[str], Sequence[str]]
"""Takes a revision and returns the names of its fields in the order of its reports."""


class Cause(StrEnum):
    """Why a mark changed."""

    VERDICTS = "verdicts"
    WORTH = "worth"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, order=True)
class ChangedVerdict:
    """One field that is judged differently; a verdict is None if the field did not exist before, or no longer does."""

    field: str
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class ChangedMark:
    """One student whose mark changes.

    Attributes:
        verdicts: fields of the counting submission that are judged differently.
        causes: at least one.
    """

    user_id: int
    name: str
    email: str
    before: Mark
    after: Mark
    verdicts: tuple[ChangedVerdict, ...]
    causes: tuple[Cause, ...]

    @property
    def gained(self) -> float:
        """The points gained; negative if points are lost."""
        return round(points_gained(self.before, self.after), 9)


@dataclass(frozen=True, slots=True)
class RegradeComparison:
    """The effect of a regrade.

    Attributes:
        changes: students whose mark changes, largest loss first.
        unchanged: students with submissions whose mark stays the same.
        verdicts: how often each field is judged differently, over all submissions, most frequent first.
        submissions: how many are judged differently in any way.
    """

    changes: tuple[ChangedMark, ...]
    unchanged: int
    verdicts: tuple[tuple[ChangedVerdict, int], ...]
    submissions: int

    @property
    def gains(self) -> tuple[ChangedMark, ...]:
        """Students whose mark rises."""
        return tuple(change for change in self.changes if change.gained > 0)

    @property
    def losses(self) -> tuple[ChangedMark, ...]:
        """Students whose mark falls."""
        return tuple(change for change in self.changes if change.gained < 0)


@dataclass(frozen=True, slots=True)
class _RegradedStudent:
    """One student's submissions and terms, with both policies and the exercise's points under each."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    terms: Terms
    regrade: FoundRegrade
    max_points: Mapping[str, float]

    @property
    def old(self) -> Policy:
        return self.regrade.before.policy

    @property
    def new(self) -> Policy:
        return self.regrade.after.policy

    def mark(self, when: str, policy: Policy) -> Mark:
        attempts = [_attempt(row, when) for row in self.rows]
        return mark(replace(self.terms, policy=policy), attempts, self.max_points[when])

    def marks(self) -> tuple[Mark, Mark]:
        return self.mark("before", self.old), self.mark("after", self.new)


def compare_marks(
    session: Session, assignment: CourseAssignment, regrade: FoundRegrade, exercise: Exercise, field_names: FieldNames
) -> RegradeComparison:
    """Compare marks and verdicts before and after, in three queries regardless of the number of students.

    Args:
        session: joined.
        assignment: of the regrade.
        regrade: already judged.
        exercise: of the assignment, from its current folder.
        field_names: looks up the fields of a revision.
    """
    rows = regrades.compare_gradings(session, regrade.id, assignment.id)
    mine: defaultdict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        mine[row.user_id].append(row)
    terms = all_terms(session, assignment, list(mine))
    max_points = {
        "before": apply(exercise, regrade.before.overrides).max_points,
        "after": apply(exercise, regrade.after.overrides).max_points,
    }
    students = {user_id: _RegradedStudent(own, terms[user_id], regrade, max_points) for user_id, own in mine.items()}
    found = {user_id: pair for user_id, one in students.items() if _differ(*(pair := one.marks()))}
    names = _names(session, list(found))
    changes = [
        ChangedMark(user_id, *names[user_id], *pair, *_why(students[user_id], pair, field_names))
        for user_id, pair in found.items()
    ]
    counted = Counter(verdict for row in rows for verdict in changed_verdicts(row, field_names))
    return RegradeComparison(
        changes=tuple(sorted(changes, key=lambda change: (change.gained, change.email))),
        unchanged=len(mine) - len(changes),
        verdicts=tuple(counted.most_common()),
        submissions=sum(_is_changed(row) for row in rows),
    )


def changed_verdicts(row: Row[*tuple[Any, ...]], field_names: FieldNames) -> Iterator[ChangedVerdict]:
    """Yield the fields of one submission that are judged differently."""
    same_fields = row.before_revision == row.after_revision
    if row.after_verdicts is None or (same_fields and row.before_verdicts == row.after_verdicts):
        return
    before = _by_field(row.before_verdicts, field_names(row.before_revision))
    after = _by_field(row.after_verdicts, field_names(row.after_revision))
    for name in {**before, **after}:
        if before.get(name) is not after.get(name):
            yield ChangedVerdict(name, before.get(name), after.get(name))


def _by_field(letters: str, names: Sequence[str]) -> dict[str, Verdict]:
    return {name: VERDICTS[letter] for name, letter in zip(names, letters, strict=False)}


def _why(
    student: _RegradedStudent, pair: tuple[Mark, Mark], field_names: FieldNames
) -> tuple[tuple[ChangedVerdict, ...], tuple[Cause, ...]]:
    """Return the changed verdicts of the counting submission, and the causes of the changed mark."""
    row = next((row for row in student.rows if row.id == pair[1].counted), None)
    found = () if row is None else tuple(changed_verdicts(row, field_names))
    is_unchanged = not any(map(_is_changed, student.rows))
    causes = {
        Cause.VERDICTS: bool(found),
        Cause.WORTH: not is_unchanged and not found,
        Cause.POLICY: student.old != student.new and _differ(pair[0], student.mark("before", student.new)),
    }
    return found, tuple(cause for cause, holds in causes.items() if holds)


def _is_changed(row: Row[*tuple[Any, ...]]) -> bool:
    before, after = (row.before_given, row.before_max), (row.after_given, row.after_max)
    return before != after or row.before_verdicts != row.after_verdicts


def _differ(one: Mark, other: Mark) -> bool:
    return points_gained(one, other) != 0 or one.of != other.of


def _names(session: Session, user_ids: list[int]) -> Mapping[int, tuple[str, str]]:
    return {row.id: (row.name, row.email) for row in accounts.users_by_id(session, user_ids)}


ONCE_APPLIED = (*IN_FORCE, RegradeState.ROLLED_BACK.value)


@dataclass(frozen=True, slots=True)
class RegradedMark:
    """One regrade that changed a student's mark.

    Attributes:
        at: when it was applied, or rolled back.
        reason: in the instructor's words.
        before: the mark before the change.
        after: the mark after it; for a roll-back these are reversed.
        rolled_back: whether the change is a roll-back.
    """

    regrade_id: int
    at: datetime
    reason: str
    before: Mark
    after: Mark
    rolled_back: bool


def regrades_of_mark(session: Session, assignment_id: int, user_id: int) -> tuple[RegradedMark, ...]:
    """Return the changes of a student's mark by regrades of an assignment, newest first.

    The caller checks whether the student may know the mark yet (`policy.visible`).
    """
    applied = regrade_states.regrades_once_applied(session, assignment_id, ONCE_APPLIED)
    if not applied:
        return ()
    assignment = find_assignment(session, assignment_id)
    found = (_regraded(session, assignment, regrade, user_id) for regrade in applied)
    return tuple(one for one in found if points_gained(one.before, one.after))


def _regraded(session: Session, assignment: CourseAssignment, regrade: Regrade, user_id: int) -> RegradedMark:
    rows = [
        row
        for row in regrades.compare_gradings(session, regrade.id, assignment.id, [user_id])
        if regrade.applied_at is None or row.submitted_at <= regrade.applied_at
    ]
    terms = terms_of(session, assignment, user_id)
    before, after = (
        mark(
            replace(terms, policy=Policy.from_json(policy)),
            [_attempt(row, when) for row in rows],
            _points_of(rows, when),
        )
        for when, policy in (("before", regrade.before["policy"]), ("after", regrade.policy))
    )
    undone = regrade.rolled_back_at is not None
    if undone:
        before, after = after, before
    at = regrade.rolled_back_at or regrade.applied_at or regrade.asked_at
    return RegradedMark(regrade.id, at, regrade.reason, before, after, undone)


def _points_of(rows: list[Row[*tuple[Any, ...]]], when: str) -> float:
    """Return the points of the exercise as recorded in the gradings."""
    return max((getattr(row, f"{when}_max") or 0.0 for row in rows), default=0.0)


def _attempt(row: Row[*tuple[Any, ...]], when: str) -> Attempt:
    return Attempt(row.id, row.submitted_at, getattr(row, f"{when}_given"), getattr(row, f"{when}_max"), row.failed)
