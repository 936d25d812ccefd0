"""The people of a course, and what they are in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.orm import Session

from grader.services.errors import LastInstructor, UnknownMember
from grader.services.membership import Membership
from grader.store import audit, courses
from grader.store.audit import Event
from grader.store.engine import Sessions
from grader.store.enrolments import CourseRole, Enrolment
from grader.store.users import User


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a course."""

    user_id: int
    name: str
    email: str
    role: CourseRole
    student_number: str | None
    joined_at: datetime


def members_of(session: Session, course_id: int, sought: str = "") -> tuple[Member, ...]:
    """Return who is in a course: those who teach it first, then by name; `sought` is part of a name, e-mail or number."""
    wanted = _members(course_id)
    if sought:
        part = sought.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        fields = (User.name, User.email, Enrolment.student_number)
        wanted = wanted.where(or_(*(field.ilike(f"%{part}%") for field in fields)))
    order = case({CourseRole.INSTRUCTOR: 0, CourseRole.ASSISTANT: 1}, value=Enrolment.role, else_=2)
    return tuple(map(_member, session.execute(wanted.order_by(order, func.lower(User.name), User.id))))


def find_member(session: Session, course_id: int, user_id: int) -> Member:
    """Return somebody in a course.

    Raises:
        UnknownMember: nobody of this number is in it.
    """
    row = session.execute(_members(course_id).where(User.id == user_id)).one_or_none()
    if row is None:
        raise UnknownMember("Nobody of this number belongs to the course.")
    return _member(row)


def change_role(sessions: Sessions, by: Membership, user_id: int, role: CourseRole, now: datetime) -> None:
    """Make somebody something else in a course.

    Raises:
        UnknownMember: nobody of this number is in it.
        LastInstructor: nobody would be left who gives the course.
    """
    with sessions.begin() as session:
        before = _leaving(session, by.course_id, user_id, role)
        if before.role == role:
            return
        detail = {"from": before.role, "to": role.value}
        before.role = role.value
        audit.add(session, Event(now, "member.changed", by.user_id, by.course_id, subject_id=user_id, detail=detail))


def remove_member(sessions: Sessions, by: Membership, user_id: int, now: datetime) -> None:
    """Take somebody out of a course; what the person has sent is kept.

    Raises:
        UnknownMember: nobody of this number is in it.
        LastInstructor: nobody would be left who gives the course.
    """
    with sessions.begin() as session:
        before = _leaving(session, by.course_id, user_id, None)
        detail = {"from": before.role}
        session.delete(before)
        audit.add(session, Event(now, "member.removed", by.user_id, by.course_id, subject_id=user_id, detail=detail))


def _leaving(session: Session, course_id: int, user_id: int, role: CourseRole | None) -> Enrolment:
    """The enrolment that is about to change, while nobody else changes one of the course."""
    courses.lock(session, course_id)
    before = session.get(Enrolment, (course_id, user_id))
    if before is None:
        raise UnknownMember("Nobody of this number belongs to the course.")
    if before.role == CourseRole.INSTRUCTOR and role is not CourseRole.INSTRUCTOR:
        teaching = select(func.count()).select_from(Enrolment)
        teaching = teaching.where(Enrolment.course_id == course_id, Enrolment.role == CourseRole.INSTRUCTOR)
        if session.scalars(teaching).one() == 1:
            raise LastInstructor("A course needs an instructor: make somebody else one first.")
    return before


def _members(course_id: int) -> Any:
    wanted = select(User.id, User.name, User.email, Enrolment.role, Enrolment.student_number, Enrolment.joined_at).join(
        Enrolment, Enrolment.user_id == User.id
    )
    return wanted.where(Enrolment.course_id == course_id)


def _member(row: Row[Any]) -> Member:
    return Member(row.id, row.name, row.email, CourseRole(row.role), row.student_number, row.joined_at)
