"""Assignments: find, create, change and archive them, and determine access by bearer tokens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from grader.catalog.load import LoadedExercise
from grader.judging.exercise import Exercise
from grader.judging.overrides import Overrides, apply
from grader.judging.policy import Override, Policy, Terms
from grader.messages.message import Message
from grader.services.accounts.authentication import Principal, SignedIn
from grader.services.errors import UnknownAssignment
from grader.store import audit, tables
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.store.submission_tables import Submission
from grader.store.tables import Allowance, Assignment, Client, Course, Enrolment, MarkOverride, User
from grader.vocabulary import WEB_CLIENT, CourseRole


@dataclass(frozen=True, slots=True)
class CourseAssignment:
    """An exercise that is set in a course.

    Attributes:
        time_zone: of the course, in which instructors enter due times.
        overrides: deviations from the exercise's folder in judging.
        archived: whether it or its course is archived.
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


def find_assignment(session: Session, assignment_id: int) -> CourseAssignment:
    """Return an assignment; the caller checks access (`membership.at_assignment`).

    Raises:
        UnknownAssignment: there is no such assignment.
    """
    row = session.execute(_wanted().where(tables.Assignment.id == assignment_id)).one_or_none()
    if row is None:
        raise UnknownAssignment(Message("refused.unknown-assignment", number=str(assignment_id)))
    return _assignment(row)


def find_assignments(session: Session, assignment_ids: Collection[int]) -> tuple[CourseAssignment, ...]:
    """Return the existing ones of these assignments by due time, in one query."""
    model = tables.Assignment
    wanted = _wanted().where(model.id.in_(assignment_ids)).order_by(model.due_at.asc().nulls_last(), model.id)
    return tuple(map(_assignment, session.execute(wanted)))


def assignments_of(session: Session, course_id: int) -> tuple[CourseAssignment, ...]:
    """Return the assignments of a course that are not archived, by due time."""
    return assignments_for(session, [course_id])


def assignments_for(session: Session, course_ids: Collection[int]) -> tuple[CourseAssignment, ...]:
    """Return the same for several courses."""
    model = tables.Assignment
    wanted = _wanted().where(model.course_id.in_(course_ids), model.archived_at.is_(None))
    return tuple(map(_assignment, session.execute(wanted.order_by(model.due_at.asc().nulls_last(), model.id))))


def terms_of(session: Session, assignment: CourseAssignment, user_id: int) -> Terms:
    """Return one student's terms."""
    return all_terms(session, assignment, [user_id])[user_id]


def own_due(assignment: CourseAssignment, extended: datetime | None) -> datetime | None:
    """Return when an assignment is due for a student with an extension: never earlier than for everybody.

    The general due time may be moved beyond an extension, or removed, after the extension was granted.
    """
    if extended is None or assignment.due_at is None:
        return assignment.due_at
    return max(extended, assignment.due_at)


def all_terms(session: Session, assignment: CourseAssignment, user_ids: list[int]) -> dict[int, Terms]:
    """Return the terms of each of these students."""
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
            .order_by(MarkOverride.id)  # the newest wins
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
    model = tables.Assignment
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


def _assignment(row: Row[*tuple[Any, ...]]) -> CourseAssignment:
    return CourseAssignment(
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


@dataclass(frozen=True, slots=True)
class AssignmentSettings:
    """The settings of an assignment, as entered by instructors."""

    slug: str
    title: str
    opens_at: datetime | None
    due_at: datetime | None
    policy: Policy


def create_assignment(
    sessions: Sessions, who: SignedIn, course_id: int, wanted: AssignmentSettings, now: datetime
) -> int:
    """Create an assignment in a course and return its id."""
    with sessions.begin() as session:
        made = Assignment(course_id=course_id, created_at=now, **_columns_of(wanted))
        session.add(made)
        session.flush()
        audit.add_event(
            session, AuditEvent(now, "assignment.created", who.id, course_id, made.id, detail=_detail(wanted))
        )
        return made.id


def change_assignment(
    sessions: Sessions, who: SignedIn, assignment_id: int, wanted: AssignmentSettings, now: datetime
) -> None:
    """Change an assignment; its exercise cannot change once something has been submitted."""
    with sessions.begin() as session:
        kept = session.get_one(Assignment, assignment_id, with_for_update=True)
        columns = _columns_of(wanted)
        if submissions_to(session, assignment_id):
            del columns["slug"]
        changed = [name for name, value in columns.items() if getattr(kept, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(kept, name, columns[name])
        detail = {**_detail(wanted), "changed": changed}
        audit.add_event(
            session, AuditEvent(now, "assignment.changed", who.id, kept.course_id, assignment_id, detail=detail)
        )


def archive_assignment(
    sessions: Sessions, who: SignedIn, assignment_id: int, now: datetime, *, archived: bool = True
) -> None:
    """Archive or restore an assignment: an archived one accepts no submissions and its marks are not shown."""
    with sessions.begin() as session:
        kept = session.get_one(Assignment, assignment_id, with_for_update=True)
        if (kept.archived_at is not None) == archived:
            return
        kept.archived_at = now if archived else None
        action = "assignment.archived" if archived else "assignment.restored"
        audit.add_event(session, AuditEvent(now, action, who.id, kept.course_id, assignment_id))


def submissions_to(session: Session, assignment_id: int) -> int:
    """Return the number of submissions to an assignment."""
    counted = select(func.count()).select_from(Submission).where(Submission.assignment_id == assignment_id)
    return session.scalars(counted).one()


def _columns_of(wanted: AssignmentSettings) -> dict[str, object]:
    return {
        "slug": wanted.slug,
        "title": wanted.title,
        "opens_at": wanted.opens_at,
        "due_at": wanted.due_at,
        "policy": wanted.policy.to_json(),
    }


def _detail(wanted: AssignmentSettings) -> dict[str, object]:
    due = None if wanted.due_at is None else wanted.due_at.isoformat()
    return {"due_at": due, "policy": wanted.policy.to_json()}


def archived_assignments_in(session: Session, course_id: int) -> list[tuple[int, str]]:
    """Return id and title of the archived assignments of a course."""
    model = Assignment
    wanted = select(model.id, model.title).where(model.course_id == course_id, model.archived_at.is_not(None))
    return [(row.id, row.title) for row in session.execute(wanted.order_by(model.id))]


def assigned_to(session: Session, who: Principal) -> tuple[CourseAssignment, ...]:
    """Return the assignments that a token can access, in courses that are not archived.

    A student's own token can access the student's assignments, a token of our own pages all of them, an LMS's token
    none, because its learners have no accounts here.
    """
    model = tables.Assignment
    ids = session.scalars(
        select(model.id)
        .join(Course, Course.id == model.course_id)
        .where(_reached(session, who), model.archived_at.is_(None), Course.archived_at.is_(None))
    )
    return find_assignments(session, ids.all())


def reached(session: Session, who: Principal, assignment_id: int) -> CourseAssignment:
    """Return an assignment that a token can access.

    Raises:
        UnknownAssignment: it does not exist, or the token cannot access it; callers cannot tell which.
    """
    model = tables.Assignment
    found = session.scalars(select(model.id).where(model.id == assignment_id, _reached(session, who))).one_or_none()
    if found is None:
        raise UnknownAssignment(f"There is no assignment {assignment_id} for this token.")
    return find_assignment(session, assignment_id)


def student_at(session: Session, assignment: CourseAssignment, email: str) -> tuple[int, str]:
    """Return user id and registered e-mail address of a student of the assignment's course.

    Raises:
        UnknownAssignment: the course has no student with this e-mail address, in any letter case.
    """
    found = session.execute(
        select(User.id, User.email)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == assignment.course_id, Enrolment.role == CourseRole.STUDENT.value)
        .where(User.email == func.lower(email))
    ).one_or_none()
    if found is None:
        raise UnknownAssignment(f"{email} is no student of the course of assignment {assignment.id}.")
    return found.id, found.email


def is_staff(session: Session, user_id: int, course_id: int) -> bool:
    """Return whether a user belongs to the staff of a course."""
    role = select(Enrolment.role).where(Enrolment.user_id == user_id, Enrolment.course_id == course_id)
    return session.scalars(role).one_or_none() not in {None, CourseRole.STUDENT.value}


def students_of(session: Session, course_id: int) -> list[tuple[int, str]]:
    """Return user id and e-mail address of the students of a course, by e-mail address."""
    rows = session.execute(
        select(User.id, User.email)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.STUDENT.value)
        .order_by(User.email)
    )
    return [(row.id, row.email) for row in rows]


def _reached(session: Session, who: Principal) -> ColumnElement[bool]:
    model = tables.Assignment
    if who.user_id is not None:
        return model.course_id.in_(select(Enrolment.course_id).where(Enrolment.user_id == who.user_id))
    ours = session.scalars(select(Client.id).where(Client.name == WEB_CLIENT)).one()
    return model.id.is_not(None) if who.client_id == ours else model.id.is_(None)


def terms_at_assignments(session: Session, assignments: Sequence[CourseAssignment], user_id: int) -> dict[int, Terms]:
    """Return one student's terms at each of these assignments."""
    ids = [one.id for one in assignments]
    theirs = select(Allowance).where(Allowance.assignment_id.in_(ids), Allowance.user_id == user_id)
    allowed = {row.assignment_id: row for row in session.scalars(theirs)}
    made = select(MarkOverride).where(MarkOverride.assignment_id.in_(ids), MarkOverride.user_id == user_id)
    standing = session.scalars(made.where(MarkOverride.revoked_at.is_(None)).order_by(MarkOverride.id))
    overridden = {row.assignment_id: Override(row.share, row.reason) for row in standing}  # the newest wins
    return {one.id: _terms_of_row(one, allowed.get(one.id), overridden.get(one.id)) for one in assignments}


def _terms_of_row(assignment: CourseAssignment, allowance: Allowance | None, override: Override | None) -> Terms:
    return Terms(
        policy=assignment.policy,
        opens_at=assignment.opens_at,
        due_at=own_due(assignment, allowance.due_at if allowance else None),
        extra_attempts=allowance.extra_attempts if allowance else 0,
        override=override,
    )


def exercise_at(assignment: CourseAssignment, published: LoadedExercise) -> Exercise:
    """Return the exercise as it is judged at an assignment."""
    return apply(published.exercise, Overrides.from_json(assignment.overrides))
