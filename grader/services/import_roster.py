"""Bringing a roster into a course: first what would happen, then exactly that, all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from grader.services.membership import Membership
from grader.services.roster import Entry, Roster
from grader.services.roster_text import Flaw, Wrong
from grader.store import audit, courses
from grader.store.audit import Event
from grader.store.engine import Sessions
from grader.store.enrolments import CourseRole, Enrolment
from grader.store.users import Role, User


class Outcome(StrEnum):
    """What a roster does with a person."""

    NEW = "new"
    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Step:
    """One person; `name` is the account's where there is one, which an import never changes."""

    line: int
    email: str
    name: str
    outcome: Outcome
    role: CourseRole
    number: str | None
    role_before: CourseRole | None = None
    number_before: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen; with a flaw nothing can."""

    steps: tuple[Step, ...]
    flaws: tuple[Flaw, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What another plan differs by, be it from another text or because the course has changed meanwhile."""
        return sha256(repr(self.steps).encode()).hexdigest()

    @property
    def counts(self) -> Counter[Outcome]:
        """How many people each happens to."""
        return Counter(step.outcome for step in self.steps)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it; `done` is False where the plan is another than the one that was confirmed, and nothing was."""

    plan: Plan
    done: bool


def plan_import(session: Session, course_id: int, roster: Roster) -> Plan:
    """Say what a roster would do with the course as it is now."""
    emails = [entry.email for entry in roster.entries]
    known = select(User.email, User.name, Enrolment.role, Enrolment.student_number).where(User.email.in_(emails))
    here = (Enrolment.user_id == User.id) & (Enrolment.course_id == course_id)
    found = {row.email: row for row in session.execute(known.outerjoin(Enrolment, here))}
    steps = tuple(_step(entry, found.get(entry.email)) for entry in roster.entries)
    return Plan(steps, (*roster.flaws, *_taken(session, course_id, steps), *_bereft(session, course_id, steps)))


def import_roster(sessions: Sessions, by: Membership, roster: Roster, confirmed: str, now: datetime) -> Imported:
    """Bring a roster into a course if that still does what was confirmed (by its plan's fingerprint).

    People who are not registered are, without a password: they sign in by a link or set one by a reset.
    """
    with sessions.begin() as session:
        courses.lock(session, by.course_id)
        plan = plan_import(session, by.course_id, roster)
        if plan.flaws or plan.fingerprint != confirmed:
            return Imported(plan, done=False)
        moving = [step for step in plan.steps if step.outcome is not Outcome.SAME]
        _register(session, (step for step in moving if step.outcome is Outcome.NEW), now)
        _enrol(session, by, moving, now)
        return Imported(plan, done=True)


def _step(entry: Entry, row: object) -> Step:
    before = getattr(row, "role", None)
    role = entry.role or CourseRole(before or CourseRole.STUDENT)
    if before is None:
        outcome = Outcome.NEW if row is None else Outcome.ADDED
        name = entry.name or entry.email if row is None else getattr(row, "name", "")
        return Step(entry.line, entry.email, name, outcome, role, entry.number)
    held = getattr(row, "student_number", None)
    number = entry.number or held
    outcome = Outcome.SAME if (role, number) == (before, held) else Outcome.CHANGED
    return Step(entry.line, entry.email, getattr(row, "name", ""), outcome, role, number, CourseRole(before), held)


def _taken(session: Session, course_id: int, steps: Sequence[Step]) -> Iterable[Flaw]:
    """Steps that would give somebody a number that another one keeps: gradebooks tell people apart by it."""
    becomes = {step.email: step.number for step in steps}
    wanted = select(User.email, Enrolment.student_number).join(Enrolment, Enrolment.user_id == User.id)
    numbers = [number for number in becomes.values() if number is not None]
    there = wanted.where(Enrolment.course_id == course_id, Enrolment.student_number.in_(numbers))
    keeps = {
        row.student_number: row.email
        for row in session.execute(there)
        if becomes.get(row.email, row.student_number) == row.student_number
    }
    for step in steps:
        number = step.number or ""
        if step.number != step.number_before and keeps.get(number, step.email) != step.email:
            yield Flaw(step.line, Wrong.NUMBER_TAKEN, number)


def _bereft(session: Session, course_id: int, steps: Sequence[Step]) -> Iterable[Flaw]:
    """The step that would leave the course without an instructor."""
    if any(step.role is CourseRole.INSTRUCTOR for step in steps):
        return
    leaving = [step for step in steps if step.role_before is CourseRole.INSTRUCTOR]
    teaching = select(Enrolment.user_id).where(
        Enrolment.course_id == course_id, Enrolment.role == CourseRole.INSTRUCTOR
    )
    if leaving and len(session.scalars(teaching).all()) <= len(leaving):
        yield Flaw(leaving[-1].line, Wrong.LAST_INSTRUCTOR, leaving[-1].email)


def _register(session: Session, steps: Iterable[Step], now: datetime) -> None:
    rows = [{"email": step.email, "name": step.name, "role": Role.STUDENT.value, "created_at": now} for step in steps]
    if rows:  # somebody may have been registered just now, by another course's import: that one is as good
        session.execute(upsert(User).on_conflict_do_nothing(index_elements=[User.email]), rows)


def _enrol(session: Session, by: Membership, steps: Sequence[Step], now: datetime) -> None:
    wanted = select(User.email, User.id).where(User.email.in_([step.email for step in steps]))
    ids = {row.email: row.id for row in session.execute(wanted)}
    made = upsert(Enrolment)
    kept = made.on_conflict_do_update(
        index_elements=[Enrolment.course_id, Enrolment.user_id],
        set_={"role": made.excluded.role, "student_number": made.excluded.student_number},
    )
    here = {"course_id": by.course_id, "joined_at": now}
    rows = [
        {**here, "user_id": ids[step.email], "role": step.role.value, "student_number": step.number} for step in steps
    ]
    if rows:
        session.execute(kept, rows)
    events = [_event(step, ids[step.email], by, now) for step in steps if step.role is not step.role_before]
    audit.add_all(session, events)


def _event(step: Step, user_id: int, by: Membership, now: datetime) -> Event:
    action = "member.changed" if step.role_before else "member.added"
    detail = {"from": step.role_before, "to": step.role, "by": "roster"}
    return Event(now, action, by.user_id, by.course_id, subject_id=user_id, detail=detail)
