"""Fills a course with imaginary students and their submissions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, product
from pathlib import Path

import numpy as np

from grader import vocabulary
from grader.catalog.answer_file import contents_of, read_answer_file
from grader.catalog.load import Catalog
from grader.demo.students import (
    IMAGINED_ASSIGNMENTS,
    ZONE,
    ImaginedAssignment,
    ImaginedStudent,
    Sending,
    WayOfWorking,
    can_imagine,
    career,
    imagine,
    imagine_student,
)
from grader.judging.answers import Entry
from grader.judging.exercise import Exercise
from grader.judging.variants import variant
from grader.judging.verdict import Verdict
from grader.services.accounts.authentication import SignedIn
from grader.services.accounts.registration import Person, register
from grader.services.assignments.assignments import AssignmentSettings, create_assignment
from grader.services.courses.courses import CourseSettings, create_course
from grader.services.courses.membership import InstructorOf, in_course
from grader.services.errors import EmailTaken
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.submit import OnBehalf, SubmissionContext, Submit, submit
from grader.services.submissions.variants import variant_for
from grader.store import accounts, courses
from grader.store.database import Sessions
from grader.vocabulary import CourseRole, Role

GIVEN = (
    "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hiếu", "Hoa", "Hùng", "Khánh", "Lan", "Linh", "Long", "Mai", "Minh",
    "Nam", "Ngọc", "Phúc", "Quân", "Sơn", "Thảo", "Trang", "Tuấn", "Vy", "Amara", "Ben", "Clara", "Diego", "Elif",
    "Farah", "Goran", "Hana", "Iris", "Jonas", "Kofi", "Lea", "Mateo", "Nadia", "Oskar", "Priya",
)  # fmt: skip
FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Okafor", "Novak", "Haddad", "Sato", "Keller", "Moreau", "Silva", "Kaya", "Berg", "Rossi", "Singh", "Cohen",
)  # fmt: skip


def people(count: int, chance: np.random.Generator) -> Iterator[Person]:
    """Yield this many people, each with an address in a reserved domain."""
    pairs = list(product(GIVEN, FAMILY))
    chance.shuffle(pairs)
    names = islice((pair for _ in range(1 + count // len(pairs)) for pair in pairs), count)
    return (
        Person(f"student{number:04d}@example.org", f"{given} {family}")
        for number, (given, family) in enumerate(names, start=1)
    )


BEGAN = timedelta(days=50)
INSTRUCTOR = Person("instructor@example.org", "Mai Lan", Role.INSTRUCTOR)
Tell = Callable[[str, int, int], None]
"""Takes a description of the progress, the number done, and the total."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The dependencies of a course to be filled; `secret` is the server's, which seeds given values."""

    sessions: Sessions
    catalog: Catalog
    exercises: Path
    secret: str
    now: datetime
    tell: Tell


@dataclass(frozen=True, slots=True)
class Seat:
    """An imaginary student in the course."""

    learner: LearnerKey
    student: ImaginedStudent


@dataclass(frozen=True, slots=True)
class FilledCourse:
    """The created course."""

    course_id: int
    assignments: tuple[int, ...]
    students: tuple[str, ...]
    submissions: int


def fill(ground: Ground, title: str, students: int, seed: int) -> FilledCourse:
    """Create a course and let a class of imaginary students answer its assignments.

    On return everything but the grading is done; equal arguments give the same class.
    """
    chance = np.random.default_rng(seed)
    instructor = _instructor(ground)
    course_id = create_course(ground.sessions, instructor, CourseSettings(title, ZONE), ground.now - BEGAN)
    seats = list(_seats(ground, course_id, students, chance))
    served = [
        planned for planned in IMAGINED_ASSIGNMENTS if planned.slug in {published.slug for published in ground.catalog}
    ]
    with ground.sessions() as session:
        by = in_course(session, instructor, course_id).require_instructor()
    assignments = tuple(_assign(ground, by, planned) for planned in served)
    sent = 0
    for number, (planned, assignment_id) in enumerate(zip(served, assignments, strict=True), start=1):
        sent += _answer(ground, planned, assignment_id, seats, chance)
        ground.tell("assignments answered", number, len(served))
    return FilledCourse(course_id, assignments, tuple(seat.learner.ref for seat in seats), sent)


def _instructor(ground: Ground) -> SignedIn:
    user_id = _registered(ground, INSTRUCTOR)
    return SignedIn(user_id, INSTRUCTOR.email, INSTRUCTOR.name, INSTRUCTOR.role)


def _registered(ground: Ground, person: Person) -> int:
    try:
        return register(ground.sessions, person, ground.now - BEGAN)
    except EmailTaken:
        with ground.sessions() as session:
            known = accounts.user_by_email(session, person.email)
        if known is None:  # removed between two statements
            raise
        return known.id


def _seats(ground: Ground, course_id: int, count: int, chance: np.random.Generator) -> Iterator[Seat]:
    with ground.sessions.begin() as session:
        web = accounts.ensure_client(session, vocabulary.WEB_CLIENT)
    rows = []
    for number, person in enumerate(people(count, chance), start=1):
        user_id = _registered(ground, person)
        rows.append({"user_id": user_id, "student_number": f"{20260000 + number}"})
        yield Seat(LearnerKey(web, person.email, user_id), imagine_student(chance))
        ground.tell("students enrolled", number, count)
    joined = {"course_id": course_id, "role": CourseRole.STUDENT.value, "joined_at": ground.now - BEGAN}
    with ground.sessions.begin() as session:
        courses.add_enrolments(session, [row | joined for row in rows])


def _assign(ground: Ground, by: InstructorOf, planned: ImaginedAssignment) -> int:
    title = ground.catalog.find(planned.slug).title
    wanted = AssignmentSettings(
        planned.slug, title, planned.opens_at(ground.now), planned.due_at(ground.now), planned.policy
    )
    return create_assignment(ground.sessions, by, wanted, ground.now - BEGAN)


def _answer(
    ground: Ground, planned: ImaginedAssignment, assignment_id: int, seats: list[Seat], chance: np.random.Generator
) -> int:
    """Submit what all students answer to one assignment, in order of time."""
    sendings = [(sending, seat) for seat in seats for sending in career(planned, seat.student, ground.now, chance)]
    for sending, seat in sorted(sendings, key=lambda pair: pair[0].at):
        _send(ground, planned, assignment_id, (seat, sending), chance)
    return len(sendings)


def _send(
    ground: Ground,
    planned: ImaginedAssignment,
    assignment_id: int,
    what: tuple[Seat, Sending],
    chance: np.random.Generator,
) -> None:
    seat, sending = what
    published = ground.catalog.find(planned.slug)
    own = None
    if planned.policy.variants:
        own = variant_for(
            ground.sessions, published, seat.learner, ground.secret, sending.at, assignment_id=assignment_id
        )
    exercise = variant(published.exercise, None if own is None else own.givens)
    sheet = sheet_of(exercise, ground.exercises / planned.slug, sending.work, seat.student, chance)
    if sheet is None:
        return
    context = SubmissionContext(ground.sessions, ground.catalog, ground.secret, sending.at)
    command = Submit(assignment_id=assignment_id, entries=sheet.entries, contents=sheet.contents)
    submit(context, OnBehalf(seat.learner, own), command)


NO_FILES: Mapping[str, bytes] = {}
OTHER_THAN_RIGHT = (Verdict.MISTAKEN, Verdict.WRONG, Verdict.FOLLOWS, Verdict.IMPRECISE, Verdict.MISSING)


@dataclass(frozen=True, slots=True)
class ImaginedSheet:
    """Answers, and the files that they refer to."""

    entries: Mapping[str, Entry]
    contents: Mapping[str, bytes] = field(default_factory=dict)


def sheet_of(
    exercise: Exercise, folder: Path, work: WayOfWorking, student: ImaginedStudent, chance: np.random.Generator
) -> ImaginedSheet | None:
    """Return what the student submits; None if the exercise has no sample of such work.

    Args:
        exercise: with the student's own given values.
        folder: of the exercise, with its samples.
        work: how the student works this time.
        student: determines habits.
        chance: the random generator.
    """
    if can_imagine(exercise):
        return ImaginedSheet(imagine(exercise, work, student.habit, chance))
    samples = _samples(folder, [Verdict.CORRECT] if work is WayOfWorking.RIGHT else OTHER_THAN_RIGHT)
    if not samples:
        return None
    path = samples[int(chance.integers(len(samples)))]
    entries = read_answer_file(path)
    return ImaginedSheet(entries, contents_of(path, entries))


def _samples(folder: Path, words: Sequence[Verdict]) -> list[Path]:
    return [path for word in words for path in sorted((folder / "answers" / word).glob("*.toml"))]
