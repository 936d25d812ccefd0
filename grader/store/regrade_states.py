"""The states of regrades, from proposal to completion."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from grader.store.submission_tables import Grading, Regrade, Submission
from grader.store.tables import Assignment, User
from grader.vocabulary import IN_FORCE, IN_PROGRESS


def find_regrade(session: Session, regrade_id: int) -> Row[*tuple[Any, ...]] | None:
    """Return a regrade (`Regrade`) with the names of who asked for it, applied it and rolled it back."""
    return session.execute(_with_names().where(Regrade.id == regrade_id)).one_or_none()


def regrades_of_assignment(session: Session, assignment_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the same of all regrades of an assignment, newest first."""
    return session.execute(
        _with_names().where(Regrade.assignment_id == assignment_id).order_by(Regrade.id.desc())
    ).all()


def _with_names() -> Select[*tuple[Any, ...]]:
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


def regrades_once_applied(session: Session, assignment_id: int, states: Collection[str]) -> Sequence[Regrade]:
    """Return the regrades of an assignment in one of these states, last applied first."""
    return session.scalars(
        select(Regrade)
        .where(Regrade.assignment_id == assignment_id, Regrade.state.in_(states))
        .order_by(Regrade.applied_at.desc())
    ).all()


def revisions_in_use(session: Session, assignment_id: int) -> dict[str, int]:
    """Return how many submissions to an assignment are judged by each revision."""
    counted = (
        select(Grading.revision, func.count().label("times"))
        .join(Submission, Submission.id == Grading.submission_id)
        .where(Submission.assignment_id == assignment_id, Grading.counts)
        .group_by(Grading.revision)
    )
    return {row.revision: row.times for row in session.execute(counted)}


def drawn_values(session: Session, assignment_id: int, limit: int) -> list[dict[str, float]]:
    """Return distinct given values of learners at an assignment."""
    wanted = select(Submission.givens).where(Submission.assignment_id == assignment_id, Submission.givens.is_not(None))
    return [dict(givens or {}) for givens in session.scalars(wanted.distinct().limit(limit))]


def lock_assignment_for_regrade(
    session: Session, assignment_id: int, course_id: int | None = None
) -> Row[*tuple[Any, ...]] | None:
    """Return course, overrides, their key and policy of an assignment, optionally only in this course.

    Until the transaction ends, the assignment cannot be changed and no gradings stored for it; submitting continues.
    """
    wanted = select(Assignment.course_id, Assignment.overrides, Assignment.overrides_key, Assignment.policy)
    wanted = wanted.where(Assignment.id == assignment_id)
    if course_id is not None:
        wanted = wanted.where(Assignment.course_id == course_id)
    return session.execute(wanted.with_for_update(key_share=True)).one_or_none()


def set_way_of_judging(
    session: Session, assignment_id: int, overrides: Mapping[str, object], policy: Mapping[str, object]
) -> None:
    """Set the overrides (with their key) and the policy of an assignment."""
    changed = {**overrides, "policy": dict(policy)}
    session.execute(update(Assignment).where(Assignment.id == assignment_id).values(changed))


def add_regrade(session: Session, row: dict[str, object]) -> int:
    """Insert a regrade and return its id."""
    return session.scalars(insert(Regrade).values(row).returning(Regrade.id)).one()


def lock_regrade(session: Session, regrade_id: int, course_id: int) -> Row[*tuple[Any, ...]] | None:
    """Return state, assignment and time of application of a regrade of this course, locked."""
    return session.execute(
        select(Regrade.state, Regrade.assignment_id, Regrade.applied_at)
        .join(Assignment, Assignment.id == Regrade.assignment_id)
        .where(Regrade.id == regrade_id, Assignment.course_id == course_id)
        .with_for_update(of=Regrade)
    ).one_or_none()


def lock_regrades(session: Session, assignment_id: int, state: str) -> Sequence[int]:
    """Return the ids of the regrades of an assignment in this state, locked."""
    wanted = select(Regrade.id).where(Regrade.assignment_id == assignment_id, Regrade.state == state)
    return session.scalars(wanted.with_for_update()).all()


def is_any_in(session: Session, assignment_id: int, states: Collection[str] = IN_PROGRESS) -> bool:
    """Return whether a regrade of an assignment is in one of these states."""
    wanted = select(Regrade.id).where(Regrade.assignment_id == assignment_id, Regrade.state.in_(states))
    return session.scalars(wanted.limit(1)).first() is not None


def is_followed_by_another(session: Session, assignment_id: int, applied_at: datetime) -> bool:
    """Return whether a regrade of an assignment in force was applied after this time."""
    later = select(Regrade.id).where(Regrade.assignment_id == assignment_id, Regrade.applied_at > applied_at)
    return session.scalars(later.where(Regrade.state.in_(IN_FORCE)).limit(1)).first() is not None


def change_regrade(session: Session, regrade_id: int, values: Mapping[str, object]) -> None:
    """Update some columns of a regrade."""
    session.execute(update(Regrade).where(Regrade.id == regrade_id).values(dict(values)))
