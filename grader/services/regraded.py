"""What a student is told of regrades: when, why, and what it made of the mark."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from grader.checking.policy import Attempt, Mark, Policy, mark
from grader.services.assignment import Assignment, find_assignment, terms_of
from grader.store import comparisons
from grader.store.regrades import IN_FORCE, Regrade, RegradeState

TOLD = (*IN_FORCE, RegradeState.ROLLED_BACK.value)


@dataclass(frozen=True, slots=True)
class Regraded:
    """One regrade that changed a student's mark.

    Attributes:
        at: when; of one that was rolled back, when it was.
        reason: in the instructor's words.
        before: the mark that was.
        after: the mark that came of it. The other way round where it was rolled back.
        rolled_back: whether it is the undoing of a regrade.
    """

    regrade_id: int
    at: datetime
    reason: str
    before: Mark
    after: Mark
    rolled_back: bool


def regraded_of(session: Session, assignment_id: int, user_id: int) -> tuple[Regraded, ...]:
    """Return the regrades of an assignment that changed a student's mark, the newest first.

    Whether the student may know the mark yet (`policy.visible`) is the caller's question.
    """
    regrades = session.scalars(
        select(Regrade)
        .where(Regrade.assignment_id == assignment_id, Regrade.state.in_(TOLD))
        .order_by(Regrade.applied_at.desc())
    ).all()
    if not regrades:
        return ()
    assignment = find_assignment(session, assignment_id)
    found = (_regraded(session, assignment, regrade, user_id) for regrade in regrades)
    return tuple(one for one in found if abs((one.before.points or 0.0) - (one.after.points or 0.0)) > 1e-9)  # noqa: PLR2004 - noise of floats


def _regraded(session: Session, assignment: Assignment, regrade: Regrade, user_id: int) -> Regraded:
    rows = [
        row
        for row in comparisons.compared(session, regrade.id, assignment.id, [user_id])
        if regrade.applied_at is None or row.submitted_at <= regrade.applied_at
    ]
    terms = terms_of(session, assignment, user_id)
    before, after = (
        mark(replace(terms, policy=Policy.from_json(policy)), [_attempt(row, when) for row in rows], _worth(rows, when))
        for when, policy in (("before", regrade.before["policy"]), ("after", regrade.policy))
    )
    undone = regrade.rolled_back_at is not None
    if undone:
        before, after = after, before
    at = regrade.rolled_back_at or regrade.applied_at or regrade.asked_at
    return Regraded(regrade.id, at, regrade.reason, before, after, undone)


def _worth(rows: list[Row[*tuple[Any, ...]]], when: str) -> float:
    """What the exercise was worth to those who judged it, which every grading says."""
    return max((getattr(row, f"{when}_max") or 0.0 for row in rows), default=0.0)


def _attempt(row: Row[*tuple[Any, ...]], when: str) -> Attempt:
    return Attempt(row.id, row.submitted_at, getattr(row, f"{when}_given"), getattr(row, f"{when}_max"), row.failed)
