"""Courses: created, changed, archived, joined with a code."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.courses.membership import InstructorOf
from grader.services.errors import CourseArchived, NotForThisRole, UnknownCourse, UnknownJoinCode
from grader.store import audit, courses
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.vocabulary import CourseRole

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not mistaken for others: no I, L, O, 0 or 1."""

GROUP = 4
LENGTH = 2 * GROUP


def new_join_code() -> str:
    """Return a new join code: eight of 31 characters, 8.5e11 possibilities."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def normal_join_code(typed: str) -> str:
    """Return a typed code in its stored form, ignoring case, hyphens and spaces."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", typed).upper() if letter.isalnum())[: LENGTH + 1]


def shown_join_code(code: str) -> str:
    """Return a stored code for display: ABCD-EFGH."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


@dataclass(frozen=True, slots=True)
class CourseSettings:
    """The settings of a course, as entered by instructors; `time_zone` is an IANA name."""

    title: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class CourseDetail:
    """A course; its members may see everything except the join code."""

    id: int
    title: str
    time_zone: str
    join_code: str | None
    archived_at: datetime | None


def find_course(session: Session, course_id: int) -> CourseDetail:
    """Return a course.

    Raises:
        UnknownCourse: there is no such course.
    """
    row = courses.find_course(session, course_id)
    if row is None:
        raise UnknownCourse(Message("refused.unknown-course", number=str(course_id)))
    return CourseDetail(row.id, row.title, row.time_zone, row.join_code, row.archived_at)


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course in a list; `role` is the person's role in it, None for an administrator outside the course."""

    id: int
    title: str
    time_zone: str
    role: CourseRole | None
    archived: bool


def create_course(sessions: Sessions, who: SignedIn, wanted: CourseSettings, now: datetime) -> int:
    """Create a course with its creator as instructor and an active join code; return its id.

    Raises:
        NotForThisRole: the person may not create courses.
    """
    if not who.is_instructor:
        raise NotForThisRole("Only instructors can create a course.")
    with sessions.begin() as session:
        row = {"title": wanted.title, "time_zone": wanted.time_zone, "join_code": new_join_code()}
        course_id = courses.add_course(session, {**row, "created_by": who.id, "created_at": now})
        role = CourseRole.INSTRUCTOR.value
        enrolment = {"course_id": course_id, "user_id": who.id, "role": role, "joined_at": now}
        courses.add_enrolment(session, enrolment)
        audit.add_event(session, AuditEvent(now, "course.created", who.id, course_id))
        detail = {"to": role}
        audit.add_event(session, AuditEvent(now, "member.added", who.id, course_id, subject_id=who.id, detail=detail))
        return course_id


def change_course(sessions: Sessions, by: InstructorOf, wanted: CourseSettings, now: datetime) -> None:
    """Change title and time zone of a course; due times stay at the same moment."""
    with sessions.begin() as session:
        course = courses.lock_course(session, by.course_id)
        if (course.title, course.time_zone) != (wanted.title, wanted.time_zone):
            course.title, course.time_zone = wanted.title, wanted.time_zone
            detail = {"time_zone": wanted.time_zone}
            audit.add_event(session, AuditEvent(now, "course.changed", by.user_id, by.course_id, detail=detail))


def renew_join_code(sessions: Sessions, by: InstructorOf, now: datetime) -> None:
    """Replace the join code of a course; the old one stops working."""
    _set_code(sessions, by, new_join_code(), now)


def drop_join_code(sessions: Sessions, by: InstructorOf, now: datetime) -> None:
    """Drop the join code: students can no longer enrol themselves."""
    _set_code(sessions, by, None, now)


def archive_course(sessions: Sessions, by: InstructorOf, now: datetime) -> None:
    """Archive a course: it stays readable, and nothing in it changes."""
    _set_archived(sessions, by, now, archived=True)


def restore_course(sessions: Sessions, by: InstructorOf, now: datetime) -> None:
    """Restore an archived course."""
    _set_archived(sessions, by, now, archived=False)


def courses_of(session: Session, who: SignedIn, *, everybodys: bool = False) -> tuple[CourseCard, ...]:
    """Return a person's courses by title, archived ones last; for administrators all courses if wanted."""
    rows = courses.courses_of_user(session, who.id, everybodys=everybodys and who.is_administrator)
    return tuple(
        CourseCard(row.id, row.title, row.time_zone, row.role and CourseRole(row.role), row.archived_at is not None)
        for row in rows
    )


def _set_code(sessions: Sessions, by: InstructorOf, code: str | None, now: datetime) -> None:
    with sessions.begin() as session:
        courses.lock_course(session, by.course_id).join_code = code
        action = "course.code-renewed" if code else "course.code-dropped"
        audit.add_event(session, AuditEvent(now, action, by.user_id, by.course_id))


def _set_archived(sessions: Sessions, by: InstructorOf, now: datetime, *, archived: bool) -> None:
    with sessions.begin() as session:
        course = courses.lock_course(session, by.course_id)
        if (course.archived_at is not None) == archived:
            return
        course.archived_at = now if archived else None
        action = "course.archived" if archived else "course.restored"
        audit.add_event(session, AuditEvent(now, action, by.user_id, by.course_id))


def join_course(sessions: Sessions, who: SignedIn, typed: str, now: datetime) -> int:
    """Enrol a person as a student in the course with this code and return its id; existing members keep their role.

    Raises:
        UnknownJoinCode: no course has this code.
        CourseArchived: the course is archived.
    """
    with sessions.begin() as session:
        course = courses.course_by_join_code(session, normal_join_code(typed))
        if course is None:
            raise UnknownJoinCode("This course code is not valid. It may have been replaced: ask for the current one.")
        row = {"course_id": course.id, "user_id": who.id, "role": CourseRole.STUDENT.value, "joined_at": now}
        if course.archived_at is not None:
            raise CourseArchived("This course is archived and can no longer be joined.")
        if courses.add_enrolment(session, row):
            detail = {"to": CourseRole.STUDENT.value, "by": "code"}
            audit.add_event(
                session, AuditEvent(now, "member.added", who.id, course.id, subject_id=who.id, detail=detail)
            )
        return course.id
