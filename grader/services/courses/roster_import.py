"""Importing a roster: planned first, then carried out as planned."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy.orm import Session

from grader.services.courses.membership import InstructorOf
from grader.services.courses.rosters.cells import spellings
from grader.services.courses.rosters.entries import RosterEntry, no_email, without_repeats
from grader.services.courses.rosters.findings import PassedOver, RosterFlaw, RosterProblem
from grader.services.courses.rosters.roster import Roster
from grader.store import accounts, audit, courses
from grader.store.audit import AuditEvent
from grader.store.database import Sessions
from grader.vocabulary import CourseRole, Role


@dataclass(frozen=True, slots=True)
class Known:
    """A person with an account; `role` is None outside the course."""

    name: str
    role: CourseRole | None
    number: str | None


@dataclass(frozen=True, slots=True)
class CourseNow:
    """The state of a course with which a roster is compared.

    Attributes:
        people: those on the roster who have an account, by e-mail address.
        numbers: the student numbers of all members who have one, by e-mail address.
        instructors: the number of instructors.
    """

    people: Mapping[str, Known]
    numbers: Mapping[str, str]
    instructors: int

    def found(self, entries: Sequence[RosterEntry]) -> tuple[tuple[RosterEntry, ...], list[RosterFlaw | PassedOver]]:
        """Return the entries with the e-mail addresses of their accounts, and the flaws of the others."""
        holders = {number.casefold(): email for email, number in self.numbers.items()}
        told: list[RosterEntry] = []
        flaws: list[RosterFlaw | PassedOver] = []
        for entry in entries:
            holder = holders.get((entry.number or "").casefold(), "")
            if entry.email:
                told.append(replace(entry, email=self._spelled(entry.email)))
            elif holder:  # the number is already theirs, in the spelling in which it was stored
                told.append(replace(entry, email=holder, number=None))
            else:
                flaws.append(_unknown(entry))
        once, repeated = without_repeats(told)
        return once, [*flaws, *repeated]

    def _spelled(self, email: str) -> str:
        return next((way for way in spellings(email) if way in self.people), email)


def course_now(session: Session, course_id: int, entries: Sequence[RosterEntry]) -> CourseNow:
    """Return the state of a course that matters for a roster, in two queries."""
    emails = {way for entry in entries if entry.email for way in spellings(entry.email)}
    members = courses.members_of(session, course_id)
    others = accounts.users_by_email(session, emails)
    people = {row.email: Known(row.name, None, None) for row in others}
    people |= {row.email: Known(row.name, CourseRole(row.role), row.student_number) for row in members}
    numbers = {row.email: row.student_number for row in members if row.student_number}
    return CourseNow(people, numbers, sum(row.role == CourseRole.INSTRUCTOR for row in members))


def _unknown(entry: RosterEntry) -> RosterFlaw:
    """Return the flaw of an entry with nothing but a number that no member has."""
    if entry.login:
        return RosterFlaw(entry.line, *no_email(entry.login))
    return RosterFlaw(entry.line, RosterProblem.UNKNOWN_NUMBER, entry.number or "")


class ImportOutcome(StrEnum):
    """What an import does with a person."""

    NEW = "new"
    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class ImportStep:
    """The import of one person; `name` is that of an existing account, which imports never change."""

    line: int
    email: str
    name: str
    outcome: ImportOutcome
    role: CourseRole
    number: str | None
    role_before: CourseRole | None = None
    number_before: str | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The plan of an import: people to add or change, rejected lines, ignored lines."""

    steps: tuple[ImportStep, ...]
    flaws: tuple[RosterFlaw, ...] = ()
    passed: tuple[PassedOver, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A digest that differs for any other plan, whether the text or the course has changed."""
        return sha256(repr((self.steps, self.flaws)).encode()).hexdigest()

    @property
    def counts(self) -> Counter[ImportOutcome]:
        """The number of people for each outcome."""
        return Counter(step.outcome for step in self.steps)


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import; if `done` is False the plan differed from the confirmed one and nothing was changed."""

    plan: ImportPlan
    done: bool


def plan_import(session: Session, course_id: int, roster: Roster) -> ImportPlan:
    """Return what a roster would do with the course in its current state."""
    now = course_now(session, course_id, roster.entries)
    entries, said = now.found(roster.entries)
    steps = tuple(_step(entry, now.people.get(entry.email)) for entry in entries)
    kept, refused = _possible(now, steps)
    flaws = (*roster.flaws, *(one for one in said if isinstance(one, RosterFlaw)), *refused)
    passed = (*roster.passed, *(one for one in said if isinstance(one, PassedOver)))
    return ImportPlan(
        kept,
        tuple(sorted(flaws, key=lambda flaw: flaw.line)),
        tuple(sorted(passed, key=lambda line: line.line)),
    )


def import_roster(sessions: Sessions, by: InstructorOf, roster: Roster, confirmed: str, now: datetime) -> Imported:
    """Import a roster into a course if its plan still has the confirmed fingerprint.

    People without an account are registered without a password: they sign in by link or set one with a reset.
    """
    with sessions.begin() as session:
        courses.lock_course(session, by.course_id)
        plan = plan_import(session, by.course_id, roster)
        if not plan.steps or plan.fingerprint != confirmed:
            return Imported(plan, done=False)
        moving = [step for step in plan.steps if step.outcome is not ImportOutcome.SAME]
        _register(session, (step for step in moving if step.outcome is ImportOutcome.NEW), now)
        _enrol(session, by, moving, now)
        return Imported(plan, done=True)


def _step(entry: RosterEntry, known: Known | None) -> ImportStep:
    before = None if known is None else known.role
    role = entry.role or before or CourseRole.STUDENT
    if known is None:
        return ImportStep(entry.line, entry.email, entry.name or entry.email, ImportOutcome.NEW, role, entry.number)
    if before is None:
        return ImportStep(entry.line, entry.email, known.name, ImportOutcome.ADDED, role, entry.number)
    number = entry.number or known.number
    outcome = ImportOutcome.SAME if (role, number) == (before, known.number) else ImportOutcome.CHANGED
    return ImportStep(entry.line, entry.email, known.name, outcome, role, number, before, known.number)


def _possible(now: CourseNow, steps: Sequence[ImportStep]) -> tuple[tuple[ImportStep, ...], list[RosterFlaw]]:
    """Return the steps that can be taken together; rejecting one may make another one impossible."""
    kept, flaws = list(steps), list[RosterFlaw]()
    while refused := [*_taken(now, kept), *_bereft(now, kept)]:
        flaws += refused
        lines = {flaw.line for flaw in refused}
        kept = [step for step in kept if step.line not in lines]
    return tuple(kept), flaws


def _taken(now: CourseNow, steps: Sequence[ImportStep]) -> Iterable[RosterFlaw]:
    """Yield steps that would assign a number another member keeps: gradebooks identify people by it."""
    becomes = {step.email: step.number for step in steps}
    keeps = {
        number.casefold(): email
        for email, number in now.numbers.items()
        if (becomes.get(email) or number).casefold() == number.casefold()
    }
    for step in steps:
        number = step.number or ""
        if step.number != step.number_before and keeps.get(number.casefold(), step.email) != step.email:
            yield RosterFlaw(step.line, RosterProblem.NUMBER_TAKEN, number)


def _bereft(now: CourseNow, steps: Sequence[ImportStep]) -> Iterable[RosterFlaw]:
    """Yield the step that would leave the course without an instructor."""
    if any(step.role is CourseRole.INSTRUCTOR for step in steps):
        return
    leaving = [step for step in steps if step.role_before is CourseRole.INSTRUCTOR]
    if leaving and now.instructors <= len(leaving):
        yield RosterFlaw(leaving[-1].line, RosterProblem.LAST_INSTRUCTOR, leaving[-1].email)


def _register(session: Session, steps: Iterable[ImportStep], now: datetime) -> None:
    rows = [{"email": step.email, "name": step.name, "role": Role.STUDENT.value, "created_at": now} for step in steps]
    accounts.add_users(session, rows)


def _enrol(session: Session, by: InstructorOf, steps: Sequence[ImportStep], now: datetime) -> None:
    users = accounts.users_by_email(session, [step.email for step in steps])
    ids = {row.email: row.id for row in users}
    here = {"course_id": by.course_id, "joined_at": now}
    rows = [
        {**here, "user_id": ids[step.email], "role": step.role.value, "student_number": step.number} for step in steps
    ]
    courses.put_enrolments(session, rows)
    events = [_event(step, ids[step.email], by, now) for step in steps if step.role is not step.role_before]
    audit.add_events(session, events)


def _event(step: ImportStep, user_id: int, by: InstructorOf, now: datetime) -> AuditEvent:
    action = "member.changed" if step.role_before else "member.added"
    detail = {"from": step.role_before, "to": step.role, "by": "roster"}
    return AuditEvent(now, action, by.user_id, by.course_id, subject_id=user_id, detail=detail)
