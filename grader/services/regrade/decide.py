"""What an instructor decides of a regrade: apply it, roll it back, discard it. The worker does what takes time."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session, aliased

from grader.services.errors import RegradeBusy, RegradeNotThere, UnknownRegrade
from grader.services.membership import Membership
from grader.store import audit, regrading
from grader.store.assignments import Assignment
from grader.store.audit import Event
from grader.store.regrades import AT_WORK, IN_FORCE, Regrade, RegradeState


def apply_regrade(session: Session, who: Membership, regrade_id: int) -> None:
    """Have a regrade applied that is ready: gradings, overrides and policy switch together, a moment later.

    Raises:
        RegradeNotThere: it is not ready, or was applied already.
    """
    _held(session, who, regrade_id, (RegradeState.READY,), "Only a regrade that is ready can be applied.")
    _become(session, regrade_id, RegradeState.APPLYING, applied_by=who.user_id)


def roll_back(session: Session, who: Membership, regrade_id: int) -> None:
    """Have a regrade undone: what counted before counts again, and what was sent since is judged so, too.

    Raises:
        RegradeNotThere: it was not applied, or a later one was.
        RegradeBusy: another one is being worked on.
    """
    row = _held(
        session, who, regrade_id, (RegradeState.APPLIED,), "Only a regrade that was applied can be rolled back."
    )
    others = aliased(Regrade)
    later = select(others.id).where(others.assignment_id == row.assignment_id, others.applied_at > row.applied_at)
    if session.scalars(later.where(others.state.in_(IN_FORCE))).first() is not None:
        raise RegradeNotThere("A later regrade was applied. Roll that one back first.")
    if session.scalars(select(others.id).where(others.assignment_id == row.assignment_id, _is_open(others))).first():
        raise RegradeBusy("Another regrade of this assignment is open. Apply or discard it first.")
    _become(session, regrade_id, RegradeState.ROLLING_BACK, rolled_back_by=who.user_id)


def discard(session: Session, who: Membership, regrade_id: int, now: datetime) -> None:
    """Put a regrade away that was not applied; what it has judged is deleted.

    Raises:
        RegradeNotThere: it was applied, or is being applied just now.
    """
    states = (RegradeState.RUNNING, RegradeState.READY, RegradeState.FAILED)
    row = _held(session, who, regrade_id, states, "A regrade that was applied cannot be discarded. Roll it back.")
    regrading.drop(session, regrade_id)
    _become(session, regrade_id, RegradeState.DISCARDED)
    event = Event(now, "regrade.discarded", who.user_id, who.course_id, row.assignment_id)
    audit.add(session, replace(event, detail={"regrade": regrade_id}))


def _is_open(regrade: type[Regrade]) -> ColumnElement[bool]:
    return regrade.state.in_((*AT_WORK, RegradeState.READY.value))


def _held(
    session: Session, who: Membership, regrade_id: int, states: tuple[RegradeState, ...], refusal: str
) -> Row[*tuple[Any, ...]]:
    who.require_instructor()
    row = session.execute(
        select(Regrade.state, Regrade.assignment_id, Regrade.applied_at)
        .join(Assignment, Assignment.id == Regrade.assignment_id)
        .where(Regrade.id == regrade_id, Assignment.course_id == who.course_id)
        .with_for_update(of=Regrade)
    ).one_or_none()
    if row is None:
        raise UnknownRegrade("There is no such regrade, or you do not belong to its course.")
    if row.state not in states:
        raise RegradeNotThere(refusal)
    return row


def _become(session: Session, regrade_id: int, state: RegradeState, **changed: object) -> None:
    free = {"lease_until": None, "tries": 0, "failure": None}
    session.execute(update(Regrade).where(Regrade.id == regrade_id).values(state=state.value, **free, **changed))
