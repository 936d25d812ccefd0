"""Courses: making them, changing what they are called, how they are joined, and putting them away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.services.authenticate import SignedIn
from grader.services.errors import NotForThisRole
from grader.services.join_code import new_join_code
from grader.store import audit, courses
from grader.store.audit import Event
from grader.store.courses import Course
from grader.store.engine import Sessions
from grader.store.enrolments import CourseRole, Enrolment


@dataclass(frozen=True, slots=True)
class CourseSettings:
    """What its instructors say of a course; `time_zone` is of the IANA's table."""

    title: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course as it stands in a list; `role` is what the asker is in it, None where only an administrator may look."""

    id: int
    title: str
    time_zone: str
    role: CourseRole | None
    archived: bool


def create_course(sessions: Sessions, who: SignedIn, wanted: CourseSettings, now: datetime) -> int:
    """Make a course that its maker instructs, and that can be joined by a code at once; return its id.

    Raises:
        NotForThisRole: the person may give no courses.
    """
    if not who.is_instructor:
        raise NotForThisRole("Only instructors may create a course.")
    with sessions.begin() as session:
        made = Course(
            title=wanted.title,
            time_zone=wanted.time_zone,
            join_code=new_join_code(),
            created_by=who.id,
            created_at=now,
        )
        session.add(made)
        session.flush()
        session.add(Enrolment(course_id=made.id, user_id=who.id, role=CourseRole.INSTRUCTOR.value, joined_at=now))
        audit.add(session, Event(now, "course.created", who.id, made.id))
        detail = {"to": CourseRole.INSTRUCTOR.value}
        audit.add(session, Event(now, "member.added", who.id, made.id, subject_id=who.id, detail=detail))
        return made.id


def change_course(sessions: Sessions, who: SignedIn, course_id: int, wanted: CourseSettings, now: datetime) -> None:
    """Give a course another title or time zone; what is due stays due at the same moment."""
    with sessions.begin() as session:
        course = courses.lock(session, course_id)
        if (course.title, course.time_zone) != (wanted.title, wanted.time_zone):
            course.title, course.time_zone = wanted.title, wanted.time_zone
            audit.add(session, Event(now, "course.changed", who.id, course_id, detail={"time_zone": wanted.time_zone}))


def renew_join_code(sessions: Sessions, who: SignedIn, course_id: int, now: datetime) -> None:
    """Give a course a fresh code; the former one opens nothing any more."""
    _set_code(sessions, who, course_id, new_join_code(), now)


def drop_join_code(sessions: Sessions, who: SignedIn, course_id: int, now: datetime) -> None:
    """Let nobody join by himself any more."""
    _set_code(sessions, who, course_id, None, now)


def archive_course(sessions: Sessions, who: SignedIn, course_id: int, now: datetime) -> None:
    """Put a course away: it can be looked at, and nothing in it changes."""
    _set_archived(sessions, who, course_id, now, archived=True)


def restore_course(sessions: Sessions, who: SignedIn, course_id: int, now: datetime) -> None:
    """Take a course out of the archive."""
    _set_archived(sessions, who, course_id, now, archived=False)


def courses_of(session: Session, who: SignedIn, *, everybodys: bool = False) -> tuple[CourseCard, ...]:
    """Return the courses a person belongs to by title, archived ones last; for administrators everybody's if wanted."""
    mine = (Enrolment.course_id == Course.id) & (Enrolment.user_id == who.id)
    wanted = select(Course.id, Course.title, Course.time_zone, Course.archived_at, Enrolment.role).select_from(Course)
    wanted = wanted.join(Enrolment, mine, isouter=everybodys and who.is_administrator)
    by = (Course.archived_at.is_not(None), Course.title, Course.id)
    return tuple(
        CourseCard(row.id, row.title, row.time_zone, row.role and CourseRole(row.role), row.archived_at is not None)
        for row in session.execute(wanted.order_by(*by))
    )


def _set_code(sessions: Sessions, who: SignedIn, course_id: int, code: str | None, now: datetime) -> None:
    with sessions.begin() as session:
        courses.lock(session, course_id).join_code = code
        audit.add(session, Event(now, "course.code-renewed" if code else "course.code-dropped", who.id, course_id))


def _set_archived(sessions: Sessions, who: SignedIn, course_id: int, now: datetime, *, archived: bool) -> None:
    with sessions.begin() as session:
        course = courses.lock(session, course_id)
        if (course.archived_at is not None) == archived:
            return
        course.archived_at = now if archived else None
        audit.add(session, Event(now, "course.archived" if archived else "course.restored", who.id, course_id))
