from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from grader.checking.policy import Override, Policy, Terms
from grader.sayings.saying import Saying
from grader.services.errors import UnknownAssignment
from grader.store import assignments
from grader.store.allowances import Allowance
from grader.store.courses import Course
from grader.store.mark_overrides import MarkOverride


@dataclass(frozen=True, slots=True)
class Assignment:
    """An exercise that a course is set.

    Attributes:
        time_zone: the course's, in which its instructors say when something is due.
        overrides: what is judged otherwise than the exercise's folder says.
        archived: whether it, or its course, is over.
    """

    id: int
    course_id: int
    course: str
    time_zone: str
    slug: str
    title: str
    opens_at: datetime | None
    due_at: datetime | None
    policy: Policy
    overrides: Mapping[str, Any]
    overrides_key: str
    archived: bool


def find_assignment(session: Session, assignment_id: int) -> Assignment:
    """Return an assignment; who may see it is the caller's question (`membership.at_assignment`).

    Raises:
        UnknownAssignment: there is none.
    """
    row = session.execute(_wanted().where(assignments.Assignment.id == assignment_id)).one_or_none()
    if row is None:
        raise UnknownAssignment(Saying("refused.unknown-assignment", number=str(assignment_id)))
    return _assignment(row)


def find_assignments(session: Session, assignment_ids: Collection[int]) -> tuple[Assignment, ...]:
    """Return those of these assignments that there are, by due time, in one query."""
    model = assignments.Assignment
    wanted = _wanted().where(model.id.in_(assignment_ids)).order_by(model.due_at.asc().nulls_last(), model.id)
    return tuple(map(_assignment, session.execute(wanted)))


def assignments_of(session: Session, course_id: int) -> tuple[Assignment, ...]:
    """Return the assignments of a course that are not put away, by due time."""
    return assignments_for(session, [course_id])


def assignments_for(session: Session, course_ids: Collection[int]) -> tuple[Assignment, ...]:
    """Return the same of several courses."""
    model = assignments.Assignment
    wanted = _wanted().where(model.course_id.in_(course_ids), model.archived_at.is_(None))
    return tuple(map(_assignment, session.execute(wanted.order_by(model.due_at.asc().nulls_last(), model.id))))


def terms_of(session: Session, assignment: Assignment, user_id: int) -> Terms:
    """Return what holds for one student."""
    return all_terms(session, assignment, [user_id])[user_id]


def own_due(assignment: Assignment, extended: datetime | None) -> datetime | None:
    """Return when an assignment is due for a student with an extension: never before it is for everybody.

    An extension is later when it is given; then everybody's due time may be moved behind it, or be taken away.
    """
    if extended is None or assignment.due_at is None:
        return assignment.due_at
    return max(extended, assignment.due_at)


def all_terms(session: Session, assignment: Assignment, user_ids: list[int]) -> dict[int, Terms]:
    """Return what holds for each of these students."""
    allowed = {
        row.user_id: row
        for row in session.execute(
            select(Allowance.user_id, Allowance.due_at, Allowance.extra_attempts).where(
                Allowance.assignment_id == assignment.id
            )
        )
    }
    overridden = {
        row.user_id: Override(row.share, row.reason)
        for row in session.execute(
            select(MarkOverride.user_id, MarkOverride.share, MarkOverride.reason)
            .where(MarkOverride.assignment_id == assignment.id, MarkOverride.revoked_at.is_(None))
            .order_by(MarkOverride.id)  # the newest stays
        )
    }
    return {
        user_id: Terms(
            policy=assignment.policy,
            opens_at=assignment.opens_at,
            due_at=own_due(assignment, allowed[user_id].due_at if user_id in allowed else None),
            extra_attempts=allowed[user_id].extra_attempts if user_id in allowed else 0,
            override=overridden.get(user_id),
        )
        for user_id in user_ids
    }


def _wanted() -> Any:
    model = assignments.Assignment
    return select(
        model.id,
        model.course_id,
        Course.title.label("course"),
        Course.time_zone,
        model.slug,
        model.title,
        model.opens_at,
        model.due_at,
        model.policy,
        model.overrides,
        model.overrides_key,
        model.archived_at,
        Course.archived_at.label("course_archived_at"),
    ).join(Course, Course.id == model.course_id)


def _assignment(row: Row[*tuple[Any, ...]]) -> Assignment:
    return Assignment(
        id=row.id,
        course_id=row.course_id,
        course=row.course,
        time_zone=row.time_zone,
        slug=row.slug,
        title=row.title,
        opens_at=row.opens_at,
        due_at=row.due_at,
        policy=Policy.from_json(row.policy),
        overrides=row.overrides,
        overrides_key=row.overrides_key,
        archived=row.archived_at is not None or row.course_archived_at is not None,
    )
