"""A demonstration: people, and what they have answered, so that the first look shows something."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.addresses import sign_in_address
from grader.catalog.answer_file import contents_of, read_answer_file
from grader.catalog.load import Catalog
from grader.catalog.verify import UNREADABLE
from grader.local.demo_course import PLANNED, enrol, ensure_course
from grader.services.authenticate import SignedIn
from grader.services.issue import TokenRequest, create_link, create_token
from grader.services.learner_key import LearnerKey
from grader.services.principal import Scope
from grader.services.register import Person, register
from grader.services.submit import SubmitOptions, submit
from grader.store import clients, users
from grader.store.engine import Sessions
from grader.store.users import Role, User

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
    """What a visitor needs, and programs that try the demonstration: the content of var/demo.json."""

    base_url: str
    instructor_token: str
    student_token: str
    instructor_link: str
    student_link: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A sample answer that somebody sends; `place` is the person's in the class."""

    person: Person
    slug: str
    sample: Path
    place: int


def is_wanted(sessions: Sessions) -> bool:
    """Tell whether the demonstration is still to be filled in: not where it is, nor where others are registered."""
    with sessions() as session:
        others = select(User.id).where(User.email.not_in([person.email for person in PEOPLE])).limit(1)
        return not _is_complete(session) and session.scalar(others) is None


def is_there(sessions: Sessions) -> bool:
    """Tell whether the demonstration has been filled in."""
    with sessions() as session:
        return _is_complete(session)


def seed(sessions: Sessions, catalog: Catalog, exercises: Path, now: datetime) -> None:
    """Fill an empty database; what a broken start left half done is completed, nothing is done twice."""
    # She becomes an instructor last: that she is one says that all of this is there.
    ids = {person: _registered(sessions, replace(person, role=Role.STUDENT), now) for person in PEOPLE}
    instructor = SignedIn(ids[INSTRUCTOR], INSTRUCTOR.email, INSTRUCTOR.name, INSTRUCTOR.role)
    course = ensure_course(sessions, catalog, instructor, now)
    with sessions.begin() as session:
        web = clients.ensure(session, clients.WEB)
    plans = {planned.slug: planned for planned in PLANNED}
    for number, answered in enumerate(_answered(catalog, exercises)):
        slug, person = answered.slug, answered.person
        entries = read_answer_file(answered.sample)
        sent = now - _BETWEEN_SUBMISSIONS * (number + 1)
        if slug in course.assignments:
            sent = now + (plans[slug].answered or timedelta()) - plans[slug].between * answered.place
        options = SubmitOptions(
            client_ref=f"demonstration-{slug}-{number}",
            submitted_by=ids[person],
            contents=contents_of(answered.sample, entries),
            assignment_id=course.assignments.get(slug),
        )
        learner = LearnerKey(web, person.email, ids[person])
        submit(sessions, catalog.find(slug), learner, entries, sent, options=options)
    enrol(sessions, course, (ids[person] for person in (STUDENT, *OTHERS)), now)
    with sessions.begin() as session:
        users.change(session, instructor.id, {"role": Role.INSTRUCTOR.value})


def open_doors(sessions: Sessions, base_url: str, now: datetime) -> Demo:
    """Make fresh tokens and one-time links for the demonstration's instructor and student."""
    for_all = TokenRequest("demonstration, instructor", clients.WEB, tuple(Scope), TOKEN_LIFETIME)
    own = TokenRequest(
        "demonstration, student", clients.WEB, (Scope.SUBMIT, Scope.READ), TOKEN_LIFETIME, email=STUDENT.email
    )
    links = [create_link(sessions, person.email, now, LINK_LIFETIME).plain for person in (INSTRUCTOR, STUDENT)]
    return Demo(
        base_url=base_url,
        instructor_token=create_token(sessions, for_all, now).plain,
        student_token=create_token(sessions, own, now).plain,
        instructor_link=sign_in_address(base_url, links[0]),
        student_link=sign_in_address(base_url, links[1]),
    )


def _is_complete(session: Session) -> bool:
    found = users.find_by_email(session, INSTRUCTOR.email)
    return found is not None and found.role == Role.INSTRUCTOR and users.id_of(session, STUDENT.email) is not None


def _registered(sessions: Sessions, person: Person, now: datetime) -> int:
    with sessions() as session:
        there = users.id_of(session, person.email)
    return register(sessions, person, now) if there is None else there


def _answered(catalog: Catalog, exercises: Path) -> Iterator[Answered]:
    """Hand out the exercises' own sample answers: one to each person and exercise that is not to be opened later."""
    later = {planned.slug for planned in PLANNED if planned.answered is None}
    for turn, published in enumerate(one for one in catalog if one.slug not in later):
        samples = [
            sample
            for sample in sorted((exercises / published.slug / "answers").glob("*/*.toml"))
            if sample.parent.name != UNREADABLE
        ]
        for place, person in enumerate((STUDENT, *OTHERS) if samples else ()):
            yield Answered(person, published.slug, samples[(place + turn) % len(samples)], place)
