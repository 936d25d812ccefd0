"""The end of a regrade's judging: it is ready to be looked at, or gradings, overrides and policy switch together."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from grader.services.desk import Desk
from grader.services.regrade.bench import RegradeFailedError
from grader.store import audit, regrading
from grader.store.assignments import Assignment
from grader.store.audit import Event
from grader.store.regrades import RegradeState
from grader.store.regrading import Target

CHANGED_MEANWHILE = "The assignment was changed after the regrade was proposed. Please propose it again."
FREE = {"lease_until": None, "tries": 0}


class Judging(Protocol):
    """The regrade that is ours just now."""

    @property
    def desk(self) -> Desk:
        """Where it is judged."""
        ...

    @property
    def target(self) -> Target:
        """By what."""
        ...

    @property
    def state(self) -> RegradeState:
        """What it was when it was taken up."""
        ...

    def last(self, session: Session) -> None:
        """Judge what is left."""
        ...

    def write(self, session: Session, **changed: Any) -> None:
        """Write into it, if it is still ours."""
        ...


def finish(session: Session, work: Judging, row: Row[*tuple[Any, ...]]) -> None:
    """Do what follows when everything is judged.

    Raises:
        RegradeFailedError: the assignment was changed meanwhile; nothing is.
    """
    ENDINGS[work.state](session, work, row)


def _ready(session: Session, work: Judging, _row: Row[*tuple[Any, ...]]) -> None:
    work.write(session, **FREE, state=RegradeState.READY.value, finished_at=work.desk.clock())


def _apply(session: Session, work: Judging, row: Row[*tuple[Any, ...]]) -> None:
    assignment = _hold(session, row.assignment_id)
    changes_policy = row.policy != row.before["policy"]
    if assignment.overrides_key != row.before["overrides_key"] or (
        changes_policy and assignment.policy != row.before["policy"]
    ):
        raise RegradeFailedError(CHANGED_MEANWHILE)
    work.last(session)
    regrading.switch(session, work.target, work.desk.clock())
    policy = row.policy if changes_policy else assignment.policy
    _set(session, row.assignment_id, {"overrides": row.overrides, "overrides_key": row.overrides_key}, policy)
    now = work.desk.clock()
    work.write(session, **FREE, state=RegradeState.APPLIED.value, applied_at=now)
    _log(session, Event(now, "regrade.applied", row.applied_by), assignment, row)


def _roll_back(session: Session, work: Judging, row: Row[*tuple[Any, ...]]) -> None:
    """A policy that somebody has changed since stays; what the regrade has changed is as it was before."""
    assignment = _hold(session, row.assignment_id)
    if assignment.overrides_key != row.overrides_key:
        raise RegradeFailedError(CHANGED_MEANWHILE)
    work.last(session)
    regrading.switch(session, work.target, work.desk.clock())
    policy = row.before["policy"] if assignment.policy == row.policy else assignment.policy
    before = {name: row.before[name] for name in ("overrides", "overrides_key")}
    _set(session, row.assignment_id, before, policy)
    now = work.desk.clock()
    work.write(session, **FREE, state=RegradeState.ROLLED_BACK.value, rolled_back_at=now)
    _log(session, Event(now, "regrade.rolled-back", row.rolled_back_by), assignment, row)


ENDINGS: dict[RegradeState, Callable[[Session, Judging, Row[*tuple[Any, ...]]], None]] = {
    RegradeState.RUNNING: _ready,
    RegradeState.APPLYING: _apply,
    RegradeState.ROLLING_BACK: _roll_back,
}


def _hold(session: Session, assignment_id: int) -> Row[*tuple[Any, ...]]:
    """The assignment, which nobody changes or stores gradings of until we are done; sending answers goes on."""
    wanted = select(Assignment.course_id, Assignment.overrides_key, Assignment.policy)
    held = wanted.where(Assignment.id == assignment_id).with_for_update(key_share=True)
    return session.execute(held).one()


def _set(session: Session, assignment_id: int, overrides: dict[str, Any], policy: dict[str, Any]) -> None:
    changed = {**overrides, "policy": policy}
    session.execute(update(Assignment).where(Assignment.id == assignment_id).values(changed))


def _log(session: Session, event: Event, assignment: Row[*tuple[Any, ...]], row: Row[*tuple[Any, ...]]) -> None:
    placed = replace(event, course_id=assignment.course_id, assignment_id=row.assignment_id)
    audit.add(session, replace(placed, detail={"regrade": row.id}))
