from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from grader.checking.overrides import Overrides
from grader.checking.policy import Policy
from grader.services.errors import UnknownRegrade
from grader.store.gradings import Grading
from grader.store.regrades import AT_WORK, Regrade, RegradeState
from grader.store.submissions import Submission
from grader.store.users import User


@dataclass(frozen=True, slots=True)
class Ways:
    """By what an assignment is judged beside the exercise."""

    overrides: Overrides
    policy: Policy


@dataclass(frozen=True, slots=True)
class FoundRegrade:
    """A regrade as it is now.

    Attributes:
        revision: by which everything is judged; None where each submission is by its own.
        before: how the assignment was judged when it was proposed.
        after: how it proposes to.
        total: submissions there are, of which `done` have been judged.
        failure: why it, or its roll-back, came to nothing.
        asked_by: a name; None where the person is gone, as of the others.
    """

    id: int
    assignment_id: int
    state: RegradeState
    reason: str
    revision: str | None
    before: Ways
    after: Ways
    total: int
    done: int
    failure: str | None
    asked_at: datetime
    asked_by: str | None
    applied_at: datetime | None
    applied_by: str | None
    rolled_back_at: datetime | None
    rolled_back_by: str | None

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.state.value in AT_WORK


def find_regrade(session: Session, regrade_id: int) -> FoundRegrade:
    """Return a regrade; who may see it is the caller's question.

    Raises:
        UnknownRegrade: there is none.
    """
    row = session.execute(_wanted().where(Regrade.id == regrade_id)).one_or_none()
    if row is None:
        raise UnknownRegrade("There is no such regrade, or you do not belong to its course.")
    return _found(row)


def regrades_of(session: Session, assignment_id: int) -> tuple[FoundRegrade, ...]:
    """Return all regrades of an assignment, the newest first."""
    wanted = _wanted().where(Regrade.assignment_id == assignment_id).order_by(Regrade.id.desc())
    return tuple(map(_found, session.execute(wanted)))


def revisions_in_use(session: Session, assignment_id: int) -> Mapping[str, int]:
    """Return by which revisions the submissions of an assignment are judged, and how many by each."""
    counted = (
        select(Grading.revision, func.count().label("times"))
        .join(Submission, Submission.id == Grading.submission_id)
        .where(Submission.assignment_id == assignment_id, Grading.counts)
        .group_by(Grading.revision)
    )
    return {row.revision: row.times for row in session.execute(counted)}


def drawn_values(session: Session, assignment_id: int, limit: int = 500) -> list[dict[str, float]]:
    """Return given values that learners have at an assignment, where some are drawn."""
    wanted = select(Submission.givens).where(Submission.assignment_id == assignment_id, Submission.givens.is_not(None))
    return [dict(givens or {}) for givens in session.scalars(wanted.distinct().limit(limit))]


def _wanted() -> Any:
    asker, applier, undoer = aliased(User), aliased(User), aliased(User)
    return (
        select(
            Regrade,
            asker.name.label("asker"),
            applier.name.label("applier"),
            undoer.name.label("undoer"),
        )
        .outerjoin(asker, asker.id == Regrade.asked_by)
        .outerjoin(applier, applier.id == Regrade.applied_by)
        .outerjoin(undoer, undoer.id == Regrade.rolled_back_by)
    )


def _ways(overrides: Mapping[str, Any], policy: Mapping[str, Any]) -> Ways:
    return Ways(Overrides.from_json(overrides), Policy.from_json(policy))


def _found(row: Row[*tuple[Any, ...]]) -> FoundRegrade:
    regrade: Regrade = row.Regrade
    return FoundRegrade(
        id=regrade.id,
        assignment_id=regrade.assignment_id,
        state=RegradeState(regrade.state),
        reason=regrade.reason,
        revision=regrade.revision,
        before=_ways(regrade.before["overrides"], regrade.before["policy"]),
        after=_ways(regrade.overrides, regrade.policy),
        total=regrade.total,
        done=regrade.done,
        failure=regrade.failure,
        asked_at=regrade.asked_at,
        asked_by=row.asker,
        applied_at=regrade.applied_at,
        applied_by=row.applier,
        rolled_back_at=regrade.rolled_back_at,
        rolled_back_by=row.undoer,
    )
