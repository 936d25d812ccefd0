"""Assignments: find, create, change and archive them, and determine access by bearer tokens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.catalog.load import LoadedExercise
from grader.judging.exercise import Exercise
from grader.judging.overrides import Overrides, apply
from grader.judging.policy import Override, Policy, Terms
from grader.messages.message import Message
from grader.services.accounts.authentication import Principal
from grader.services.courses.membership import InstructorOf
from grader.services.errors import UnknownAssignment
from grader.store import accounts, audit, courses
from grader.store import assignments as stored
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.store.tables import Assignment
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
    row = stored.find_assignment(session, assignment_id)
    if row is None:
        raise UnknownAssignment(Message("refused.unknown-assignment", number=str(assignment_id)))
    return _assignment(row)


def find_assignments(session: Session, assignment_ids: Collection[int]) -> tuple[CourseAssignment, ...]:
    """Return the existing ones of these assignments by due time, in one query."""
    return tuple(map(_assignment, stored.find_assignments(session, assignment_ids)))


def assignments_of(session: Session, course_id: int) -> tuple[CourseAssignment, ...]:
    """Return the assignments of a course that are not archived, by due time."""
    return assignments_for(session, [course_id])


def assignments_for(session: Session, course_ids: Collection[int]) -> tuple[CourseAssignment, ...]:
    """Return the same for several courses."""
    return tuple(map(_assignment, stored.assignments_of_courses(session, course_ids)))


def terms_of(session: Session, assignment: CourseAssignment, user_id: int) -> Terms:
    """Return one student's terms."""
    return terms_at_assignments(session, [assignment], user_id)[assignment.id]


def own_due(assignment: CourseAssignment, extended: datetime | None) -> datetime | None:
    """Return when an assignment is due for a student with an extension: never earlier than for everybody.

    The general due time may be moved beyond an extension, or removed, after the extension was granted.
    """
    if extended is None or assignment.due_at is None:
        return assignment.due_at
    return max(extended, assignment.due_at)


def all_terms(session: Session, assignment: CourseAssignment, user_ids: Collection[int]) -> dict[int, Terms]:
    """Return the terms of each of these students."""
    extended = {row.user_id: row for row in stored.extensions(session, [assignment.id])}
    overridden = {row.user_id: row for row in stored.mark_overrides(session, [assignment.id])}  # the newest stays
    return {user_id: _terms(assignment, extended.get(user_id), overridden.get(user_id)) for user_id in user_ids}


def terms_at_assignments(session: Session, assignments: Sequence[CourseAssignment], user_id: int) -> dict[int, Terms]:
    """Return one student's terms at each of these assignments."""
    ids = [one.id for one in assignments]
    extended = {row.assignment_id: row for row in stored.extensions(session, ids, user_id)}
    overridden = {row.assignment_id: row for row in stored.mark_overrides(session, ids, user_id)}  # the newest stays
    return {one.id: _terms(one, extended.get(one.id), overridden.get(one.id)) for one in assignments}


def _terms(
    assignment: CourseAssignment,
    extension: Row[int, int, datetime | None, int] | None,
    override: Row[int, int, float, str] | None,
) -> Terms:
    return Terms(
        policy=assignment.policy,
        opens_at=assignment.opens_at,
        due_at=own_due(assignment, extension.due_at if extension else None),
        extra_attempts=extension.extra_attempts if extension else 0,
        override=Override(override.share, override.reason) if override else None,
    )


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


def create_assignment(sessions: Sessions, by: InstructorOf, wanted: AssignmentSettings, now: datetime) -> int:
    """Create an assignment in a course and return its id."""
    with sessions.begin() as session:
        row = {"course_id": by.course_id, "created_at": now, **_columns_of(wanted)}
        assignment_id = stored.add_assignment(session, row)
        event = AuditEvent(now, "assignment.created", by.user_id, by.course_id, assignment_id, detail=_detail(wanted))
        audit.add_event(session, event)
        return assignment_id


def change_assignment(
    sessions: Sessions, by: InstructorOf, assignment_id: int, wanted: AssignmentSettings, now: datetime
) -> None:
    """Change an assignment; its exercise cannot change once something has been submitted.

    Raises:
        UnknownAssignment: the course has no such assignment.
    """
    with sessions.begin() as session:
        kept = _lock_assignment(session, by, assignment_id)
        columns = _columns_of(wanted)
        if submissions_to(session, assignment_id):
            del columns["slug"]
        changed = [name for name, value in columns.items() if getattr(kept, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(kept, name, columns[name])
        detail = {**_detail(wanted), "changed": changed}
        event = AuditEvent(now, "assignment.changed", by.user_id, by.course_id, assignment_id, detail=detail)
        audit.add_event(session, event)


def archive_assignment(
    sessions: Sessions, by: InstructorOf, assignment_id: int, now: datetime, *, archived: bool = True
) -> None:
    """Archive or restore an assignment: an archived one accepts no submissions and its marks are not shown.

    Raises:
        UnknownAssignment: the course has no such assignment.
    """
    with sessions.begin() as session:
        kept = _lock_assignment(session, by, assignment_id)
        if (kept.archived_at is not None) == archived:
            return
        kept.archived_at = now if archived else None
        action = "assignment.archived" if archived else "assignment.restored"
        audit.add_event(session, AuditEvent(now, action, by.user_id, by.course_id, assignment_id))


def _lock_assignment(session: Session, by: InstructorOf, assignment_id: int) -> Assignment:
    """Return an assignment of the person's course, locked until the transaction ends."""
    kept = stored.lock_assignment(session, assignment_id)
    if kept.course_id != by.course_id:
        raise UnknownAssignment(Message("refused.not-your-assignment", number=str(assignment_id)))
    return kept


def submissions_to(session: Session, assignment_id: int) -> int:
    """Return the number of submissions to an assignment."""
    return stored.count_submissions(session, assignment_id)


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
    return [(row.id, row.title) for row in stored.archived_assignments(session, course_id)]


def assigned_to(session: Session, who: Principal) -> tuple[CourseAssignment, ...]:
    """Return the assignments that a token can access, in courses that are not archived.

    A student's own token can access the student's assignments, a token of our own pages all of them, an LMS's token
    none, because its learners have no accounts here.
    """
    ids = stored.reachable_assignments(session, who.user_id, everything=_reaches_everything(session, who))
    return find_assignments(session, ids)


def reached(session: Session, who: Principal, assignment_id: int) -> CourseAssignment:
    """Return an assignment that a token can access.

    Raises:
        UnknownAssignment: it does not exist, or the token cannot access it; callers cannot tell which.
    """
    everything = _reaches_everything(session, who)
    if not stored.is_reachable(session, assignment_id, who.user_id, everything=everything):
        raise UnknownAssignment(f"There is no assignment {assignment_id} for this token.")
    return find_assignment(session, assignment_id)


def student_at(session: Session, assignment: CourseAssignment, email: str) -> tuple[int, str]:
    """Return user id and registered e-mail address of a student of the assignment's course.

    Raises:
        UnknownAssignment: the course has no student with this e-mail address, in any letter case.
    """
    found = courses.student_by_email(session, assignment.course_id, email)
    if found is None:
        raise UnknownAssignment(f"{email} is no student of the course of assignment {assignment.id}.")
    return found.id, found.email


def is_staff(session: Session, user_id: int, course_id: int) -> bool:
    """Return whether a user belongs to the staff of a course."""
    return courses.role_of(session, user_id, course_id) not in {None, CourseRole.STUDENT}


def students_of(session: Session, course_id: int) -> list[tuple[int, str]]:
    """Return user id and e-mail address of the students of a course, by e-mail address."""
    return [(row.id, row.email) for row in courses.student_emails(session, course_id)]


def _reaches_everything(session: Session, who: Principal) -> bool:
    """Return whether it is a token of our own pages."""
    return who.user_id is None and who.client_id == accounts.ensure_client(session, WEB_CLIENT)


def exercise_at(assignment: CourseAssignment, published: LoadedExercise) -> Exercise:
    """Return the exercise as it is judged at an assignment."""
    return apply(published.exercise, Overrides.from_json(assignment.overrides))
