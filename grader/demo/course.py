"""The demonstration course of `make run`, and its members."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from grader import vocabulary
from grader.addresses import sign_in_address
from grader.catalog.answer_file import contents_of, read_answer_file
from grader.catalog.load import Catalog
from grader.catalog.verify import UNREADABLE
from grader.judging.policy import Counting, Late, Policy, Shown
from grader.services.accounts.authentication import Scope, SignedIn
from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import TokenRequest, create_sign_in_link, create_token
from grader.services.assignments.assignments import AssignmentSettings, create_assignment
from grader.services.courses.courses import CourseSettings, create_course
from grader.services.courses.membership import in_course
from grader.services.courses.time_zones import moment, shown
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.submit import OnBehalf, SubmissionContext, Submit, submit
from grader.store import accounts, assignments, courses
from grader.store.database import Sessions
from grader.vocabulary import CourseRole, Role

SETTINGS = CourseSettings("Introduction to Deep Learning", "Asia/Ho_Chi_Minh")
BEGAN = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class PlannedAssignment:
    """One assignment; its times are given in days from now.

    Attributes:
        answered: when the last of the class submits; None for not yet.
        between: the time between two submissions of the class.
    """

    slug: str
    opens: timedelta
    due: timedelta | None
    policy: Policy
    answered: timedelta | None
    between: timedelta = timedelta(minutes=37)


def _days(days: float) -> timedelta:
    return timedelta(days=days)


PLANNED_ASSIGNMENTS = (
    PlannedAssignment("step-network-forward", _days(-14), _days(-4), Policy(), _days(-4.2)),
    PlannedAssignment(
        "and-gate", _days(-9), _days(-2), Policy(None, Counting.LAST, Late(0.2, 1.0, 4)), _days(-0.5), _days(0.2)
    ),
    PlannedAssignment(
        "backprop-2-2-2", _days(-4), _days(5), Policy(late=Late(0.1, 0.5, 7), points=20), _days(-0.1), _days(0.3)
    ),
    PlannedAssignment("delta-rule", _days(-4), None, Policy(solution=Shown.NEVER), _days(-0.3)),
    PlannedAssignment("xor-2-2-1", _days(3), _days(12), Policy(attempts=5), None),
)


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """The course, with the ids of its assignments by exercise."""

    id: int
    assignments: dict[str, int]


def ensure_course(sessions: Sessions, catalog: Catalog, instructor: SignedIn, now: datetime) -> DemoCourse:
    """Create the course and its assignments, as far as they do not exist."""
    began = now - BEGAN
    with sessions() as session:
        course_id = courses.course_by_title(session, instructor.id, SETTINGS.title)
        found = {} if course_id is None else assignments.assignment_ids_by_exercise(session, course_id)
    if course_id is None:
        course_id = create_course(sessions, instructor, SETTINGS, began)
    with sessions() as session:
        by = in_course(session, instructor, course_id).require_instructor()
    for planned in PLANNED_ASSIGNMENTS:
        published = catalog.published.get(planned.slug)
        if published is not None and planned.slug not in found:
            due = None if planned.due is None else _on_the_wall(now + planned.due, "23:59")
            opens = _on_the_wall(now + planned.opens, "08:00")
            wanted = AssignmentSettings(planned.slug, published.title, opens, due, planned.policy)
            found[planned.slug] = create_assignment(sessions, by, wanted, began)
    return DemoCourse(course_id, found)


def enrol(sessions: Sessions, course: DemoCourse, user_ids: Iterable[int], now: datetime) -> None:
    """Enrol these people as students, as far as they are not enrolled."""
    row = {"course_id": course.id, "role": CourseRole.STUDENT.value, "joined_at": now - BEGAN}
    with sessions.begin() as session:
        rows = [{**row, "user_id": user_id, "student_number": f"2026{user_id:04}"} for user_id in user_ids]
        courses.add_enrolments(session, rows)


def _on_the_wall(day: datetime, clock: str) -> datetime:
    """Return the moment of a local time in the course on that day."""
    return moment(f"{shown(day, SETTINGS.time_zone)[:10]}T{clock}", SETTINGS.time_zone)


INSTRUCTOR = Person("instructor@example.org", "Mai Lan", Role.INSTRUCTOR)
STUDENT = Person("student@example.org", "An Nguyen")
OTHERS = tuple(
    Person(f"{name.split()[0].lower()}@example.org", name)
    for name in ("Binh Tran", "Chi Le", "Dung Pham", "Ella Novak", "Farid Haddad", "Grace Okafor", "Hana Sato")
)
PEOPLE = (INSTRUCTOR, STUDENT, *OTHERS)
LINK_LIFETIME, TOKEN_LIFETIME = timedelta(days=7), timedelta(days=90)
_BETWEEN_SUBMISSIONS = timedelta(minutes=37)


@dataclass(frozen=True, slots=True)
class Demo:
    """Links and tokens of the demonstration for visitors and programs: the content of var/demo.json."""

    base_url: str
    instructor_token: str
    student_token: str
    instructor_link: str
    student_link: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A sample answer to be submitted; `place` is the person's index in the class."""

    person: Person
    slug: str
    sample: Path
    place: int


def is_wanted(sessions: Sessions) -> bool:
    """Return whether the demonstration is still to be filled in: not if it exists, nor if others are registered."""
    with sessions() as session:
        others = accounts.is_anybody_but(session, [person.email for person in PEOPLE])
        return not _is_complete(session) and not others


def is_there(sessions: Sessions) -> bool:
    """Return whether the demonstration has been filled in."""
    with sessions() as session:
        return _is_complete(session)


def seed(sessions: Sessions, catalog: Catalog, exercises: Path, now: datetime) -> None:
    """Fill an empty database; completes an interrupted start, and repeats nothing."""
    # Becoming an instructor is the last step: it marks the demonstration as complete.
    ids = {person: _registered(sessions, replace(person, role=Role.STUDENT), now) for person in PEOPLE}
    instructor = SignedIn(ids[INSTRUCTOR], INSTRUCTOR.email, INSTRUCTOR.name, INSTRUCTOR.role)
    course = ensure_course(sessions, catalog, instructor, now)
    with sessions.begin() as session:
        web = accounts.ensure_client(session, vocabulary.WEB_CLIENT)
    plans = {planned.slug: planned for planned in PLANNED_ASSIGNMENTS}
    for number, answered in enumerate(_answered(catalog, exercises)):
        slug, person = answered.slug, answered.person
        entries = read_answer_file(answered.sample)
        sent = now - _BETWEEN_SUBMISSIONS * (number + 1)
        if slug in course.assignments:
            sent = now + (plans[slug].answered or timedelta()) - plans[slug].between * answered.place
        command = Submit(
            slug=slug,
            assignment_id=course.assignments.get(slug),
            entries=entries,
            contents=contents_of(answered.sample, entries),
            client_ref=f"demonstration-{slug}-{number}",
        )
        learner = LearnerKey(web, person.email, ids[person])
        submit(SubmissionContext(sessions, catalog, secret="", now=sent), OnBehalf(learner), command)
    enrol(sessions, course, (ids[person] for person in (STUDENT, *OTHERS)), now)
    with sessions.begin() as session:
        accounts.change_user(session, instructor.id, {"role": Role.INSTRUCTOR.value})


def open_doors(sessions: Sessions, base_url: str, now: datetime) -> Demo:
    """Create new tokens and one-time links for the demonstration's instructor and student."""
    for_all = TokenRequest("demonstration, instructor", vocabulary.WEB_CLIENT, tuple(Scope), TOKEN_LIFETIME)
    own = TokenRequest(
        "demonstration, student", vocabulary.WEB_CLIENT, (Scope.SUBMIT, Scope.READ), TOKEN_LIFETIME, email=STUDENT.email
    )
    links = [create_sign_in_link(sessions, person.email, now, LINK_LIFETIME).plain for person in (INSTRUCTOR, STUDENT)]
    return Demo(
        base_url=base_url,
        instructor_token=create_token(sessions, for_all, now).plain,
        student_token=create_token(sessions, own, now).plain,
        instructor_link=sign_in_address(base_url, links[0]),
        student_link=sign_in_address(base_url, links[1]),
    )


def _is_complete(session: Session) -> bool:
    found = accounts.user_by_email(session, INSTRUCTOR.email)
    return (
        found is not None and found.role == Role.INSTRUCTOR and accounts.user_id_of(session, STUDENT.email) is not None
    )


def _registered(sessions: Sessions, person: Person, now: datetime) -> int:
    with sessions() as session:
        there = accounts.user_id_of(session, person.email)
    return register(sessions, person, now) if there is None else there


def _answered(catalog: Catalog, exercises: Path) -> Iterator[Answered]:
    """Yield the exercises' own sample answers: one for each person and exercise that is already open."""
    later = {planned.slug for planned in PLANNED_ASSIGNMENTS if planned.answered is None}
    for turn, published in enumerate(one for one in catalog if one.slug not in later):
        samples = [
            sample
            for sample in sorted((exercises / published.slug / "answers").glob("*/*.toml"))
            if sample.parent.name != UNREADABLE
        ]
        for place, person in enumerate((STUDENT, *OTHERS) if samples else ()):
            yield Answered(person, published.slug, samples[(place + turn) % len(samples)], place)
