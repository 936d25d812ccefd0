from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from grader.catalog.load import Published
from grader.checking.judge import JUDGE_VERSION
from grader.checking.overrides import Overrides, check
from grader.checking.policy import Policy
from grader.services.errors import NothingToRegrade, RegradeBusy, UnknownAssignment
from grader.services.membership import Membership
from grader.store import audit, regrading, revisions
from grader.store.assignments import Assignment
from grader.store.audit import Event
from grader.store.regrades import AT_WORK, Regrade, RegradeState


@dataclass(frozen=True, slots=True)
class Proposal:
    """How an assignment might be judged.

    Attributes:
        overrides: what is to be judged otherwise than the exercise says.
        policy: None for as it is.
        with_revision: whether everything is judged by today's revision of the exercise, in place of the one that
            each submission is judged by now.
        reason: what the students read.
    """

    assignment_id: int
    overrides: Overrides
    policy: Policy | None = None
    with_revision: bool = False
    reason: str = ""


def propose(session: Session, who: Membership, proposal: Proposal, published: Published, now: datetime) -> int:
    """Store a regrade that a worker judges, and return its id; nothing counts otherwise before it is applied.

    One that is ready and was not applied is discarded: the new one takes its place.

    Args:
        session: joined.
        who: an instructor of the assignment's course.
        proposal: what is proposed.
        published: today's exercise of the assignment.
        now: the time.

    Raises:
        NotForThisRole: only instructors propose.
        UnusableOverrides: the overrides make no sense for this exercise.
        RegradeBusy: another one is being worked on.
        NothingToRegrade: everything would be as it is.
    """
    who.require_instructor()
    check(published.exercise, proposal.overrides)
    assignment = session.execute(
        select(Assignment.course_id, Assignment.overrides, Assignment.overrides_key, Assignment.policy)
        .where(Assignment.id == proposal.assignment_id, Assignment.course_id == who.course_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if assignment is None:
        raise UnknownAssignment("There is no such assignment, or you do not belong to its course.")
    before = {name: getattr(assignment, name) for name in ("overrides", "overrides_key", "policy")}
    policy = before["policy"] if proposal.policy is None else proposal.policy.to_json()
    _make_sure_that_it_changes_something(before, policy, proposal)
    _make_way(session, proposal.assignment_id)
    regrade_id = session.scalars(
        insert(Regrade)
        .values(
            assignment_id=proposal.assignment_id,
            asked_by=who.user_id,
            asked_at=now,
            reason=proposal.reason,
            state=RegradeState.RUNNING.value,
            revision=_revision(session, published, now) if proposal.with_revision else None,
            judge_version=JUDGE_VERSION,
            overrides=proposal.overrides.to_json(),
            overrides_key=proposal.overrides.key,
            policy=policy,
            before=before,
        )
        .returning(Regrade.id)
    ).one()
    event = Event(now, "regrade.proposed", who.user_id, who.course_id, proposal.assignment_id)
    audit.add(session, replace(event, detail={"regrade": regrade_id}))
    return regrade_id


def _make_sure_that_it_changes_something(before: dict[str, Any], policy: dict[str, Any], proposal: Proposal) -> None:
    if proposal.overrides.key == before["overrides_key"] and policy == before["policy"] and not proposal.with_revision:
        raise NothingToRegrade("Everything is judged like this already: change something first.")


def refuse_while_busy(session: Session, assignment_id: int) -> None:
    """Make sure that a regrade could be proposed now.

    Raises:
        RegradeBusy: another one is being worked on.
    """
    working = select(Regrade.id).where(Regrade.assignment_id == assignment_id, Regrade.state.in_(AT_WORK))
    if session.scalars(working).first() is not None:
        raise RegradeBusy("A regrade of this assignment is being worked on. Wait until it is ready, or discard it.")


def _make_way(session: Session, assignment_id: int) -> None:
    """Discard what is ready; while one is being worked on there is no other."""
    refuse_while_busy(session, assignment_id)
    ready = select(Regrade.id).where(Regrade.assignment_id == assignment_id, Regrade.state == RegradeState.READY.value)
    for regrade_id in session.scalars(ready.with_for_update()).all():
        regrading.drop(session, regrade_id)
        discarded = {"state": RegradeState.DISCARDED.value}
        session.execute(update(Regrade).where(Regrade.id == regrade_id).values(discarded))


def _revision(session: Session, published: Published, now: datetime) -> str:
    """Today's revision, which nobody may have answered yet."""
    row = {
        "revision": published.revision,
        "slug": published.slug,
        "title": published.title,
        "source": dict(published.source),
        "created_at": now,
    }
    revisions.ensure(session, row)
    return published.revision
