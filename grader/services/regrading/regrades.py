"""Regrades: proposed, found, applied, rolled back, discarded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.catalog.load import LoadedExercise
from grader.judging.judge import JUDGE_VERSION
from grader.judging.overrides import Overrides, check
from grader.judging.policy import Policy
from grader.messages.message import from_json
from grader.services.courses.membership import InstructorOf
from grader.services.errors import NothingToRegrade, RegradeBusy, RegradeNotThere, UnknownAssignment, UnknownRegrade
from grader.services.grading.context import ensure_revision
from grader.store import audit, regrade_chunks, regrade_states, regrades
from grader.store.audit import AuditEvent
from grader.store.regrades import RegradeTarget
from grader.store.submission_tables import Regrade
from grader.vocabulary import IN_PROGRESS, RegradeState

UNCLAIMED = {"lease_until": None, "tries": 0, "planned_at": None}
"""The columns of a regrade that no worker holds, has planned or has tried since its state last changed."""

OPEN = (*IN_PROGRESS, RegradeState.READY.value)
"""States in which a regrade keeps another one from being rolled back."""


def target_of(row: Row[*tuple[Any, ...]]) -> RegradeTarget:
    """Return the settings by which a regrade judges; for a roll-back, the earlier ones."""
    is_way_back = row.state == RegradeState.ROLLING_BACK
    return RegradeTarget(
        regrade_id=row.id,
        assignment_id=row.assignment_id,
        judge_version=JUDGE_VERSION if is_way_back else row.judge_version,
        revision=None if is_way_back else row.revision,
        overrides=row.before["overrides"] if is_way_back else row.overrides,
        overrides_key=row.before["overrides_key"] if is_way_back else row.overrides_key,
        is_way_back=is_way_back,
    )


@dataclass(frozen=True, slots=True)
class JudgingRules:
    """How an assignment is judged, apart from the exercise."""

    overrides: Overrides
    policy: Policy


@dataclass(frozen=True, slots=True)
class FoundRegrade:
    """A regrade in its current state.

    Attributes:
        revision: judges everything; None if each submission keeps its own.
        before: how the assignment was judged when the regrade was proposed.
        after: how the regrade judges it.
        total: the number of submissions, of which `done` have been judged; `known` of them were when judging began.
        began_at: when judging began; None if it has not.
        failure: why it, or its roll-back, failed.
        asked_by: a name; None if the account is gone, as for the other names.
    """

    id: int
    assignment_id: int
    state: RegradeState
    reason: str
    revision: str | None
    before: JudgingRules
    after: JudgingRules
    total: int
    done: int
    failure: str | None
    asked_at: datetime
    asked_by: str | None
    applied_at: datetime | None
    applied_by: str | None
    rolled_back_at: datetime | None
    rolled_back_by: str | None
    known: int = 0
    began_at: datetime | None = None

    @property
    def percent(self) -> int:
        """How much has been judged; 100 only if everything has."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    def seconds_left(self, now: datetime) -> int | None:
        """About how long the rest takes, at the speed so far; None if that is not known yet, or nobody is at work."""
        judged = self.done - self.known
        if not self.is_at_work or self.began_at is None or judged <= 0:
            return None
        return ceil((now - self.began_at).total_seconds() * max(0, self.total - self.done) / judged)

    @property
    def is_at_work(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state.value in IN_PROGRESS


def find_regrade(session: Session, regrade_id: int) -> FoundRegrade:
    """Return a regrade; the caller checks access.

    Raises:
        UnknownRegrade: there is no such regrade.
    """
    row = regrade_states.find_regrade(session, regrade_id)
    if row is None:
        raise UnknownRegrade("This regrade does not exist, or you are not a member of its course.")
    return _found(row)


def regrades_of(session: Session, assignment_id: int) -> tuple[FoundRegrade, ...]:
    """Return all regrades of an assignment, newest first."""
    return tuple(map(_found, regrade_states.regrades_of_assignment(session, assignment_id)))


def revisions_in_use(session: Session, assignment_id: int) -> Mapping[str, int]:
    """Return the revisions by which submissions to an assignment are judged, with the number of submissions."""
    return regrade_states.revisions_in_use(session, assignment_id)


def drawn_values(session: Session, assignment_id: int, limit: int = 500) -> list[dict[str, float]]:
    """Return drawn given values of learners at an assignment."""
    return regrade_states.drawn_values(session, assignment_id, limit)


def _rules(overrides: Mapping[str, Any], policy: Mapping[str, Any]) -> JudgingRules:
    return JudgingRules(Overrides.from_json(overrides), Policy.from_json(policy))


def _found(row: Row[*tuple[Any, ...]]) -> FoundRegrade:
    regrade: Regrade = row.Regrade
    return FoundRegrade(
        id=regrade.id,
        assignment_id=regrade.assignment_id,
        state=RegradeState(regrade.state),
        reason=regrade.reason,
        revision=regrade.revision,
        before=_rules(regrade.before["overrides"], regrade.before["policy"]),
        after=_rules(regrade.overrides, regrade.policy),
        total=regrade.total,
        done=regrade.done,
        failure=regrade.failure,
        asked_at=regrade.asked_at,
        asked_by=row.asker,
        applied_at=regrade.applied_at,
        applied_by=row.applier,
        rolled_back_at=regrade.rolled_back_at,
        rolled_back_by=row.undoer,
        known=regrade.known_when_planned,
        began_at=regrade.planned_at,
    )


@dataclass(frozen=True, slots=True)
class KeptGrading:
    """A submission that keeps its grading, because it could not be judged again."""

    submission_id: UUID
    failure: str | None


def unjudged_submissions(session: Session, regrade_id: int, limit: int) -> tuple[KeptGrading, ...]:
    """Return submissions that could not be judged again because of an error of ours."""
    return tuple(KeptGrading(*row) for row in regrades.unjudged_results(session, regrade_id, limit))


@dataclass(frozen=True, slots=True)
class UnusableFile:
    """A submission whose file cannot be used any more, and why."""

    submission_id: UUID
    reason: str


def unusable_files(session: Session, regrade_id: int, limit: int) -> tuple[UnusableFile, ...]:
    """Return submissions that keep their grading because their file cannot be used."""
    return tuple(UnusableFile(one, from_json(reason)) for one, reason in regrades.unusable(session, regrade_id, limit))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed way of judging an assignment.

    Attributes:
        overrides: deviations from the exercise.
        policy: None keeps the current one.
        with_revision: whether to judge everything by the current revision of the exercise instead of the one of each
            submission.
        reason: shown to students.
    """

    assignment_id: int
    overrides: Overrides
    policy: Policy | None = None
    with_revision: bool = False
    reason: str = ""


def propose(session: Session, by: InstructorOf, proposal: Proposal, published: LoadedExercise, now: datetime) -> int:
    """Store a regrade to be judged by a worker and return its id; it does not count until it is applied.

    A regrade that is ready but was not applied is discarded in its favour.

    Args:
        session: joined.
        by: the permission of an instructor of the assignment's course.
        proposal: the new way of judging.
        published: the current exercise of the assignment.
        now: the time.

    Raises:
        UnknownAssignment: the course has no such assignment.
        UnusableOverrides: the overrides do not fit this exercise.
        RegradeBusy: another regrade is in progress.
        NothingToRegrade: the proposal changes nothing.
    """
    check(published.exercise, proposal.overrides)
    assignment = regrade_states.lock_assignment_for_regrade(session, proposal.assignment_id, by.course_id)
    if assignment is None:
        raise UnknownAssignment("This assignment does not exist, or you are not a member of its course.")
    before = {name: getattr(assignment, name) for name in ("overrides", "overrides_key", "policy")}
    policy = before["policy"] if proposal.policy is None else proposal.policy.to_json()
    _require_change(before, policy, proposal)
    _make_way(session, proposal.assignment_id)
    row = {
        "assignment_id": proposal.assignment_id,
        "asked_by": by.user_id,
        "asked_at": now,
        "reason": proposal.reason,
        "state": RegradeState.RUNNING.value,
        "revision": ensure_revision(session, published, now) if proposal.with_revision else None,
        "judge_version": JUDGE_VERSION,
        "overrides": proposal.overrides.to_json(),
        "overrides_key": proposal.overrides.key,
        "policy": policy,
        "before": before,
    }
    regrade_id = regrade_states.add_regrade(session, row)
    event = AuditEvent(now, "regrade.proposed", by.user_id, by.course_id, proposal.assignment_id)
    audit.add_event(session, replace(event, detail={"regrade": regrade_id}))
    return regrade_id


def _require_change(before: dict[str, Any], policy: dict[str, Any], proposal: Proposal) -> None:
    if proposal.overrides.key == before["overrides_key"] and policy == before["policy"] and not proposal.with_revision:
        raise NothingToRegrade("These are the current settings. Change something first.")


def refuse_while_busy(session: Session, assignment_id: int) -> None:
    """Make sure that a regrade can be proposed now.

    Raises:
        RegradeBusy: another regrade is in progress.
    """
    if regrade_states.is_any_in(session, assignment_id):
        raise RegradeBusy("A regrade of this assignment is in progress. Wait until it is ready, or discard it.")


def _make_way(session: Session, assignment_id: int) -> None:
    """Discard a regrade that is ready; one in progress blocks the proposal."""
    refuse_while_busy(session, assignment_id)
    for regrade_id in regrade_states.lock_regrades(session, assignment_id, RegradeState.READY.value):
        regrades.drop_results(session, regrade_id)
        regrade_states.change_regrade(session, regrade_id, {"state": RegradeState.DISCARDED.value})


def apply_regrade(session: Session, by: InstructorOf, regrade_id: int) -> None:
    """Request that a ready regrade be applied: a worker switches gradings, overrides and policy together shortly after.

    Raises:
        RegradeNotThere: it is not ready, or was already applied.
    """
    _held(session, by, regrade_id, (RegradeState.READY,), "Only a regrade that is ready can be applied.")
    _become(session, regrade_id, RegradeState.APPLYING, applied_by=by.user_id)


def roll_back(session: Session, by: InstructorOf, regrade_id: int) -> None:
    """Request a roll-back: the earlier gradings count again, and newer submissions are judged in the same way.

    Raises:
        RegradeNotThere: it was not applied, or a later one was.
        RegradeBusy: another regrade is in progress.
    """
    row = _held(session, by, regrade_id, (RegradeState.APPLIED,), "Only a regrade that was applied can be rolled back.")
    if regrade_states.is_followed_by_another(session, row.assignment_id, row.applied_at):
        raise RegradeNotThere("A later regrade has been applied. Roll it back first.")
    if regrade_states.is_any_in(session, row.assignment_id, OPEN):
        raise RegradeBusy("Another regrade of this assignment is pending. Apply or discard it first.")
    _become(session, regrade_id, RegradeState.ROLLING_BACK, rolled_back_by=by.user_id)


def discard(session: Session, by: InstructorOf, regrade_id: int, now: datetime) -> None:
    """Discard a regrade that was not applied, and delete its gradings.

    Raises:
        RegradeNotThere: it was applied, or is being applied.
    """
    states = (RegradeState.RUNNING, RegradeState.READY, RegradeState.FAILED)
    row = _held(session, by, regrade_id, states, "A regrade that was applied cannot be discarded. Roll it back.")
    regrade_chunks.drop_chunks(session, regrade_id)  # first: a worker that stores one is waited for
    regrades.drop_results(session, regrade_id)
    _become(session, regrade_id, RegradeState.DISCARDED)
    event = AuditEvent(now, "regrade.discarded", by.user_id, by.course_id, row.assignment_id)
    audit.add_event(session, replace(event, detail={"regrade": regrade_id}))


def _held(
    session: Session, by: InstructorOf, regrade_id: int, states: tuple[RegradeState, ...], refusal: str
) -> Row[*tuple[Any, ...]]:
    row = regrade_states.lock_regrade(session, regrade_id, by.course_id)
    if row is None:
        raise UnknownRegrade("This regrade does not exist, or you are not a member of its course.")
    if row.state not in states:
        raise RegradeNotThere(refusal)
    return row


def _become(session: Session, regrade_id: int, state: RegradeState, **changed: object) -> None:
    free = {**UNCLAIMED, "failure": None}
    regrade_states.change_regrade(session, regrade_id, {"state": state.value, **free, **changed})
