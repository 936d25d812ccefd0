"""Assignments, and deviations for one student: extensions and mark overrides."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from grader.store.submission_tables import Submission
from grader.store.tables import Allowance, Assignment, Course, Enrolment, MarkOverride, User
from grader.vocabulary import CourseRole

BY_DUE_TIME = (Assignment.due_at.asc().nulls_last(), Assignment.id)


def find_assignment(session: Session, assignment_id: int) -> Row[*tuple[Any, ...]] | None:
    """Return an assignment with title, time zone and time of archiving of its course."""
    return session.execute(_assignments().where(Assignment.id == assignment_id)).one_or_none()


def find_assignments(session: Session, assignment_ids: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the same for the existing ones of these assignments, by due time."""
    return session.execute(_assignments().where(Assignment.id.in_(assignment_ids)).order_by(*BY_DUE_TIME)).all()


def assignments_of_courses(session: Session, course_ids: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the same of the assignments of these courses that are not archived, by due time."""
    wanted = _assignments().where(Assignment.course_id.in_(course_ids), Assignment.archived_at.is_(None))
    return session.execute(wanted.order_by(*BY_DUE_TIME)).all()


def _assignments() -> Select[*tuple[Any, ...]]:
    return select(
        Assignment.id,
        Assignment.course_id,
        Course.title.label("course"),
        Course.time_zone,
        Assignment.slug,
        Assignment.title,
        Assignment.opens_at,
        Assignment.due_at,
        Assignment.policy,
        Assignment.overrides,
        Assignment.overrides_key,
        Assignment.archived_at,
        Course.archived_at.label("course_archived_at"),
    ).join(Course, Course.id == Assignment.course_id)


def assignment_ids_by_exercise(session: Session, course_id: int) -> dict[str, int]:
    """Return the ids of a course's assignments, archived ones too, by the exercise's slug."""
    rows = session.execute(select(Assignment.slug, Assignment.id).where(Assignment.course_id == course_id))
    return {row.slug: row.id for row in rows}


def archived_assignments(session: Session, course_id: int) -> Sequence[Row[int, str]]:
    """Return id and title of the archived assignments of a course."""
    wanted = select(Assignment.id, Assignment.title).where(Assignment.course_id == course_id)
    return session.execute(wanted.where(Assignment.archived_at.is_not(None)).order_by(Assignment.id)).all()


def reachable_assignments(session: Session, user_id: int | None, *, everything: bool = False) -> Sequence[int]:
    """Return the ids of assignments, not archived, of courses in which a user is enrolled, or of all courses."""
    wanted = select(Assignment.id).join(Course, Course.id == Assignment.course_id)
    wanted = wanted.where(Assignment.archived_at.is_(None), Course.archived_at.is_(None))
    return session.scalars(wanted.where(_is_reachable(user_id, everything=everything))).all()


def is_reachable(session: Session, assignment_id: int, user_id: int | None, *, everything: bool = False) -> bool:
    """Return whether an assignment is among those, archived or not."""
    wanted = select(Assignment.id).where(Assignment.id == assignment_id)
    wanted = wanted.where(_is_reachable(user_id, everything=everything))
    return session.scalars(wanted).one_or_none() is not None


def _is_reachable(user_id: int | None, *, everything: bool) -> ColumnElement[bool]:
    if user_id is not None:
        return Assignment.course_id.in_(select(Enrolment.course_id).where(Enrolment.user_id == user_id))
    return Assignment.id.is_not(None) if everything else Assignment.id.is_(None)


def assignments_of_exercise(session: Session, user_id: int, slug: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return id, due time and policy of a student's assignments with an exercise, not archived, by due time."""
    return session.execute(
        select(Assignment.id, Assignment.due_at, Assignment.policy)
        .join(Course, Course.id == Assignment.course_id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.user_id == user_id, Enrolment.role == CourseRole.STUDENT)
        .where(Assignment.slug == slug, Assignment.archived_at.is_(None), Course.archived_at.is_(None))
        .order_by(*BY_DUE_TIME)
    ).all()


def add_assignment(session: Session, row: dict[str, object]) -> int:
    """Insert an assignment and return its id."""
    return session.scalars(insert(Assignment).values(row).returning(Assignment.id)).one()


def lock_assignment(session: Session, assignment_id: int) -> Assignment:
    """Return an assignment, locked until the transaction ends."""
    return session.get_one(Assignment, assignment_id, with_for_update=True)


def count_submissions(session: Session, assignment_id: int) -> int:
    """Return how many submissions there are to an assignment."""
    counted = select(func.count()).select_from(Submission).where(Submission.assignment_id == assignment_id)
    return session.scalars(counted).one()


def extensions(
    session: Session, assignment_ids: Collection[int], user_id: int | None = None
) -> Sequence[Row[int, int, datetime | None, int]]:
    """Return assignment, user, due time and extra attempts of the extensions at these assignments, of one user or all."""
    wanted = select(Allowance.assignment_id, Allowance.user_id, Allowance.due_at, Allowance.extra_attempts)
    wanted = wanted.where(Allowance.assignment_id.in_(assignment_ids))
    return session.execute(wanted if user_id is None else wanted.where(Allowance.user_id == user_id)).all()


def extensions_with_names(session: Session, assignment_id: int) -> Sequence[Row[Allowance, str]]:
    """Return all extensions at an assignment, each with the student's name, by that name."""
    wanted = select(Allowance, User.name).join(User, User.id == Allowance.user_id)
    return session.execute(wanted.where(Allowance.assignment_id == assignment_id).order_by(User.name, User.id)).all()


def put_extension(session: Session, assignment_id: int, user_id: int, row: Mapping[str, object]) -> None:
    """Store an extension, replacing any earlier one."""
    made = upsert(Allowance).values(assignment_id=assignment_id, user_id=user_id, **row)
    place = [Allowance.assignment_id, Allowance.user_id]
    session.execute(made.on_conflict_do_update(index_elements=place, set_=dict(row)))


def delete_extension(session: Session, course_id: int, assignment_id: int, user_id: int) -> bool:
    """Delete a student's extension at an assignment of a course; return whether there was one."""
    there = delete(Allowance).where(Allowance.assignment_id == assignment_id, Allowance.user_id == user_id)
    there = there.where(Assignment.id == Allowance.assignment_id, Assignment.course_id == course_id)
    return session.scalars(there.returning(Allowance.user_id)).one_or_none() is not None


def mark_overrides(
    session: Session, assignment_ids: Collection[int], user_id: int | None = None
) -> Sequence[Row[int, int, float, str]]:
    """Return assignment, user, share and reason of the mark overrides in force, of one user or all; oldest first."""
    wanted = select(MarkOverride.assignment_id, MarkOverride.user_id, MarkOverride.share, MarkOverride.reason)
    wanted = wanted.where(MarkOverride.assignment_id.in_(assignment_ids), MarkOverride.revoked_at.is_(None))
    wanted = wanted if user_id is None else wanted.where(MarkOverride.user_id == user_id)
    return session.execute(wanted.order_by(MarkOverride.id)).all()


def add_mark_override(session: Session, row: dict[str, object]) -> None:
    """Insert a mark override."""
    session.execute(insert(MarkOverride).values(row))


def revoke_mark_override(session: Session, assignment_id: int, user_id: int, by: int, now: datetime) -> bool:
    """Revoke the override of a student's mark; return whether one was in force."""
    in_force = update(MarkOverride).where(
        MarkOverride.assignment_id == assignment_id,
        MarkOverride.user_id == user_id,
        MarkOverride.revoked_at.is_(None),
    )
    revoked = session.execute(in_force.values(revoked_by=by, revoked_at=now).returning(MarkOverride.id))
    return bool(revoked.all())


def mark_override_history(
    session: Session, assignment_id: int, user_id: int
) -> Sequence[Row[MarkOverride, str | None, str | None]]:
    """Return all overrides of a student's mark with the names of their authors and revokers, newest first."""
    maker, revoker = aliased(User), aliased(User)
    return session.execute(
        select(MarkOverride, maker.name, revoker.name)
        .outerjoin(maker, maker.id == MarkOverride.made_by)
        .outerjoin(revoker, revoker.id == MarkOverride.revoked_by)
        .where(MarkOverride.assignment_id == assignment_id, MarkOverride.user_id == user_id)
        .order_by(MarkOverride.id.desc())
    ).all()
