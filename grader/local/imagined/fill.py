"""Filling a course: people, assignments, and what they have sent, through the same services as the real thing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from grader.catalog.load import Catalog
from grader.checking.variant import variant
from grader.local.imagined.assignments import PLANNED, ZONE, Planned
from grader.local.imagined.careers import Sending, Student, career, imagine_student
from grader.local.imagined.people import people
from grader.local.imagined.sheets import sheet_of
from grader.services.assign import Setting, create_assignment
from grader.services.authenticate import SignedIn
from grader.services.course import CourseSettings, create_course
from grader.services.errors import EmailTaken
from grader.services.learner_key import LearnerKey
from grader.services.register import Person, register
from grader.services.submit import SubmitOptions, submit
from grader.services.vary import own_values
from grader.store import clients, users
from grader.store.engine import Sessions
from grader.store.enrolments import CourseRole, Enrolment
from grader.store.users import Role

BEGAN = timedelta(days=50)
INSTRUCTOR = Person("instructor@example.org", "Mai Lan", Role.INSTRUCTOR)
Tell = Callable[[str, int, int], None]
"""Takes what is being done, and how much of how much of it is done."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a course is filled into; `secret` is the server's, by which given values are drawn."""

    sessions: Sessions
    catalog: Catalog
    exercises: Path
    secret: str
    now: datetime
    tell: Tell


@dataclass(frozen=True, slots=True)
class Seat:
    """An imagined student in the course."""

    learner: LearnerKey
    student: Student


@dataclass(frozen=True, slots=True)
class Filled:
    """What there is now."""

    course_id: int
    assignments: tuple[int, ...]
    students: tuple[str, ...]
    submissions: int


def fill(ground: Ground, title: str, students: int, seed: int) -> Filled:
    """Make a course and let a class of imagined students answer its assignments.

    Everything but the grading is done on return; the same numbers give the same class.
    """
    chance = np.random.default_rng(seed)
    instructor = _instructor(ground)
    course_id = create_course(ground.sessions, instructor, CourseSettings(title, ZONE), ground.now - BEGAN)
    seats = list(_seats(ground, course_id, students, chance))
    served = [planned for planned in PLANNED if planned.slug in {published.slug for published in ground.catalog}]
    assignments = tuple(_assign(ground, instructor, course_id, planned) for planned in served)
    sent = 0
    for number, (planned, assignment_id) in enumerate(zip(served, assignments, strict=True), start=1):
        sent += _answer(ground, planned, assignment_id, seats, chance)
        ground.tell("assignments answered", number, len(served))
    return Filled(course_id, assignments, tuple(seat.learner.ref for seat in seats), sent)


def _instructor(ground: Ground) -> SignedIn:
    user_id = _registered(ground, INSTRUCTOR)
    return SignedIn(user_id, INSTRUCTOR.email, INSTRUCTOR.name, INSTRUCTOR.role)


def _registered(ground: Ground, person: Person) -> int:
    try:
        return register(ground.sessions, person, ground.now - BEGAN)
    except EmailTaken:
        with ground.sessions() as session:
            known = users.find_by_email(session, person.email)
        if known is None:  # gone between two statements
            raise
        return known.id


def _seats(ground: Ground, course_id: int, count: int, chance: np.random.Generator) -> Iterator[Seat]:
    with ground.sessions.begin() as session:
        web = clients.ensure(session, clients.WEB)
    rows = []
    for number, person in enumerate(people(count, chance), start=1):
        user_id = _registered(ground, person)
        rows.append({"user_id": user_id, "student_number": f"{20260000 + number}"})
        yield Seat(LearnerKey(web, person.email, user_id), imagine_student(chance))
        ground.tell("students enrolled", number, count)
    joined = {"course_id": course_id, "role": CourseRole.STUDENT.value, "joined_at": ground.now - BEGAN}
    with ground.sessions.begin() as session:
        session.execute(insert(Enrolment), [row | joined for row in rows])


def _assign(ground: Ground, instructor: SignedIn, course_id: int, planned: Planned) -> int:
    title = ground.catalog.find(planned.slug).title
    wanted = Setting(planned.slug, title, planned.opens_at(ground.now), planned.due_at(ground.now), planned.policy)
    return create_assignment(ground.sessions, instructor, course_id, wanted, ground.now - BEGAN)


def _answer(
    ground: Ground, planned: Planned, assignment_id: int, seats: list[Seat], chance: np.random.Generator
) -> int:
    """Send what all students send to one assignment, in the order of time."""
    sendings = [(sending, seat) for seat in seats for sending in career(planned, seat.student, ground.now, chance)]
    for sending, seat in sorted(sendings, key=lambda pair: pair[0].at):
        _send(ground, planned, assignment_id, (seat, sending), chance)
    return len(sendings)


def _send(
    ground: Ground,
    planned: Planned,
    assignment_id: int,
    what: tuple[Seat, Sending],
    chance: np.random.Generator,
) -> None:
    seat, sending = what
    published = ground.catalog.find(planned.slug)
    own = None
    if planned.policy.variants:
        own = own_values(
            ground.sessions, published, seat.learner, ground.secret, sending.at, assignment_id=assignment_id
        )
    exercise = variant(published.exercise, None if own is None else own.givens)
    sheet = sheet_of(exercise, ground.exercises / planned.slug, sending.work, seat.student, chance)
    if sheet is None:
        return
    options = SubmitOptions(
        submitted_by=seat.learner.user_id, values=own, contents=sheet.contents, assignment_id=assignment_id
    )
    submit(ground.sessions, published, seat.learner, sheet.entries, sending.at, options=options)
