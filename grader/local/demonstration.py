"""A demonstration: people, and what they have answered, so that the first look shows something."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from grader.catalog.answer_file import contents_of, read_answer_file
from grader.catalog.load import Catalog
from grader.catalog.verify import UNREADABLE
from grader.local.addresses import sign_in_address
from grader.services.errors import EmailTaken
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


def is_wanted(sessions: Sessions) -> bool:
    """Tell whether the demonstration is still to be filled in: not where it is, nor where others are registered."""
    with sessions() as session:
        others = select(User.id).where(User.email.not_in([person.email for person in PEOPLE])).limit(1)
        return users.id_of(session, INSTRUCTOR.email) is None and session.scalar(others) is None


def is_there(sessions: Sessions) -> bool:
    """Tell whether the demonstration has been filled in."""
    with sessions() as session:
        return users.id_of(session, INSTRUCTOR.email) is not None


def seed(sessions: Sessions, catalog: Catalog, exercises: Path, now: datetime) -> None:
    """Fill an empty database; what a broken start left half done is completed, nothing is done twice."""
    for person in (STUDENT, *OTHERS):
        _register_once(sessions, person, now)
    with sessions.begin() as session:
        web = clients.ensure(session, clients.WEB)
    for number, (person, slug, sample) in enumerate(_answered(catalog, exercises)):
        with sessions() as session:
            learner = LearnerKey(web, person.email, users.id_of(session, person.email))
        sent = now - _BETWEEN_SUBMISSIONS * (number + 1)
        entries = read_answer_file(sample)
        options = SubmitOptions(
            client_ref=f"demonstration-{slug}-{number}",
            submitted_by=learner.user_id,
            contents=contents_of(sample, entries),
        )
        submit(sessions, catalog.find(slug), learner, entries, sent, options=options)
    _register_once(sessions, INSTRUCTOR, now)  # last: that there is one says that all of this is there


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


def _register_once(sessions: Sessions, person: Person, now: datetime) -> None:
    try:
        register(sessions, person, now)
    except EmailTaken:
        return


def _answered(catalog: Catalog, exercises: Path) -> Iterator[tuple[Person, str, Path]]:
    """Hand out the exercises' own sample answers: one to each person and exercise."""
    for turn, published in enumerate(catalog):
        samples = [
            sample
            for sample in sorted((exercises / published.slug / "answers").glob("*/*.toml"))
            if sample.parent.name != UNREADABLE
        ]
        for place, person in enumerate((STUDENT, *OTHERS) if samples else ()):
            yield person, published.slug, samples[(place + turn) % len(samples)]
