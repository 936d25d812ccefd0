"""Bringing a list into a course: first what would happen to whom, then exactly that; refused lines stay out."""

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
from grader.services.roster_people import CourseNow, Known, course_now
from grader.services.rosters.entry import Entry
from grader.services.rosters.findings import Flaw, PassedOver, Wrong
from grader.services.rosters.read import Roster
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
    """What would happen: the people who are taken, the lines that are refused, those that are passed over."""

    steps: tuple[Step, ...]
    flaws: tuple[Flaw, ...] = ()
    passed: tuple[PassedOver, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What another plan differs by, be it from another text or because the course has changed meanwhile."""
        return sha256(repr((self.steps, self.flaws)).encode()).hexdigest()

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
    now = course_now(session, course_id, roster.entries)
    entries, said = now.found(roster.entries)
    steps = tuple(_step(entry, now.people.get(entry.email)) for entry in entries)
    kept, refused = _possible(now, steps)
    flaws = (*roster.flaws, *(one for one in said if isinstance(one, Flaw)), *refused)
    passed = (*roster.passed, *(one for one in said if isinstance(one, PassedOver)))
    return Plan(
        kept,
        tuple(sorted(flaws, key=lambda flaw: flaw.line)),
        tuple(sorted(passed, key=lambda line: line.line)),
    )


def import_roster(sessions: Sessions, by: Membership, roster: Roster, confirmed: str, now: datetime) -> Imported:
    """Bring a roster into a course if that still does what was confirmed (by its plan's fingerprint).

    People who are not registered are, without a password: they sign in by a link or set one by a reset.
    """
    with sessions.begin() as session:
        courses.lock(session, by.course_id)
        plan = plan_import(session, by.course_id, roster)
        if not plan.steps or plan.fingerprint != confirmed:
            return Imported(plan, done=False)
        moving = [step for step in plan.steps if step.outcome is not Outcome.SAME]
        _register(session, (step for step in moving if step.outcome is Outcome.NEW), now)
        _enrol(session, by, moving, now)
        return Imported(plan, done=True)


def _step(entry: Entry, known: Known | None) -> Step:
    before = None if known is None else known.role
    role = entry.role or before or CourseRole.STUDENT
    if known is None:
        return Step(entry.line, entry.email, entry.name or entry.email, Outcome.NEW, role, entry.number)
    if before is None:
        return Step(entry.line, entry.email, known.name, Outcome.ADDED, role, entry.number)
    number = entry.number or known.number
    outcome = Outcome.SAME if (role, number) == (before, known.number) else Outcome.CHANGED
    return Step(entry.line, entry.email, known.name, outcome, role, number, before, known.number)


def _possible(now: CourseNow, steps: Sequence[Step]) -> tuple[tuple[Step, ...], list[Flaw]]:
    """The steps that can be taken together; one that is refused may make another one impossible."""
    kept, flaws = list(steps), list[Flaw]()
    while refused := [*_taken(now, kept), *_bereft(now, kept)]:
        flaws += refused
        lines = {flaw.line for flaw in refused}
        kept = [step for step in kept if step.line not in lines]
    return tuple(kept), flaws


def _taken(now: CourseNow, steps: Sequence[Step]) -> Iterable[Flaw]:
    """Steps that would give somebody a number that another one keeps: gradebooks tell people apart by it."""
    becomes = {step.email: step.number for step in steps}
    keeps = {
        number.casefold(): email
        for email, number in now.numbers.items()
        if (becomes.get(email) or number).casefold() == number.casefold()
    }
    for step in steps:
        number = step.number or ""
        if step.number != step.number_before and keeps.get(number.casefold(), step.email) != step.email:
            yield Flaw(step.line, Wrong.NUMBER_TAKEN, number)


def _bereft(now: CourseNow, steps: Sequence[Step]) -> Iterable[Flaw]:
    """The step that would leave the course without an instructor."""
    if any(step.role is CourseRole.INSTRUCTOR for step in steps):
        return
    leaving = [step for step in steps if step.role_before is CourseRole.INSTRUCTOR]
    if leaving and now.instructors <= len(leaving):
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
