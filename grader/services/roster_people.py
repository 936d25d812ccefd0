"""Whom the lines of a list mean: people who have an account, and people of the course found by student number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.services.rosters.addresses import spellings
from grader.services.rosters.entry import Entry, no_email
from grader.services.rosters.findings import Flaw, PassedOver, Wrong
from grader.services.rosters.repeats import without_repeats
from grader.store.enrolments import CourseRole, Enrolment
from grader.store.users import User


@dataclass(frozen=True, slots=True)
class Known:
    """A person with an account; without a role the person is not in the course."""

    name: str
    role: CourseRole | None
    number: str | None


@dataclass(frozen=True, slots=True)
class CourseNow:
    """What a list is compared with.

    Attributes:
        people: by e-mail address, those of the list who have an account.
        numbers: student number of everybody in the course who has one, by e-mail address.
        instructors: how many the course has.
    """

    people: Mapping[str, Known]
    numbers: Mapping[str, str]
    instructors: int

    def found(self, entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], list[Flaw | PassedOver]]:
        """Return the entries with the addresses that the accounts have, and what became of the others."""
        holders = {number.casefold(): email for email, number in self.numbers.items()}
        told: list[Entry] = []
        flaws: list[Flaw | PassedOver] = []
        for entry in entries:
            holder = holders.get((entry.number or "").casefold(), "")
            if entry.email:
                told.append(replace(entry, email=self._spelled(entry.email)))
            elif holder:  # the number is theirs already, in the spelling in which it was stored
                told.append(replace(entry, email=holder, number=None))
            else:
                flaws.append(_unknown(entry))
        once, repeated = without_repeats(told)
        return once, [*flaws, *repeated]

    def _spelled(self, email: str) -> str:
        return next((way for way in spellings(email) if way in self.people), email)


def course_now(session: Session, course_id: int, entries: Sequence[Entry]) -> CourseNow:
    """Look up what a list is compared with, in two queries."""
    emails = {way for entry in entries if entry.email for way in spellings(entry.email)}
    in_course = (Enrolment.user_id == User.id) & (Enrolment.course_id == course_id)
    members = session.execute(
        select(User.email, User.name, Enrolment.role, Enrolment.student_number).join(Enrolment, in_course)
    ).all()
    others = session.execute(select(User.email, User.name).where(User.email.in_(emails))).all()
    people = {row.email: Known(row.name, None, None) for row in others}
    people |= {row.email: Known(row.name, CourseRole(row.role), row.student_number) for row in members}
    numbers = {row.email: row.student_number for row in members if row.student_number}
    return CourseNow(people, numbers, sum(row.role == CourseRole.INSTRUCTOR for row in members))


def _unknown(entry: Entry) -> Flaw:
    """Nobody of the course has the number, and there is nothing else to go by."""
    if entry.login:
        return Flaw(entry.line, *no_email(entry.login))
    return Flaw(entry.line, Wrong.UNKNOWN_NUMBER, entry.number or "")
