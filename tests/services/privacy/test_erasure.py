"""Erased data is gone from every table; anonymised submissions can't be traced to a person."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.services.accounts.administration import Act
from grader.services.accounts.authentication import Administrator, operator
from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import create_sign_in_link
from grader.services.errors import EraseNotConfirmed, LastAdministrator
from grader.services.privacy.erasure import Extent, erase_person
from grader.store.database import TABLES
from grader.store.submission_tables import AuditEntry, Blob, Draft, Grading, Learner, Submission
from grader.store.tables import Base, Enrolment, StudentMessage, User, table
from grader.vocabulary import Role
from tests.fixtures.classroom import Classroom
from tests.fixtures.course import Clock
from tests.fixtures.regrading import Exam, Office
from tests.fixtures.submitting import submit_for

CONTENT = b'{"w": [1]}'


@pytest.fixture
def sara(office: Office, classroom: Classroom, catalog: Catalog, clock: Clock) -> int:
    """A student with submissions, a file, a draft, a message, a link and a student number."""
    sessions, student = office.exam.sessions, classroom.students[0]
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    for number, who in enumerate(("sara", "sven")):
        entries = {"weights": Entry("moons", file=sha256)}
        published = catalog.find("dense-two-moons")
        submit_for(
            sessions,
            published,
            classroom.learner(number),
            entries,
            clock(),
            contents={sha256: CONTENT},
            client_ref=f"file-of-{who}",
        )
    create_sign_in_link(sessions, student.email, clock(), timedelta(hours=1))
    with sessions.begin() as session:
        session.add(Draft(user_id=student.id, place="exercise:and-gate", answers={}, saved_at=clock()))
        said = {"to_user": student.id, "from_user": classroom.instructor.id, "text": "Dear Sara", "sent_at": clock()}
        session.add(StudentMessage(**said))
        enrolment = session.get_one(Enrolment, (classroom.course_id, student.id))
        enrolment.student_number = "number-of-sara"
    return student.id


def mentions(session: Session, word: str) -> list[str]:
    """Tables in which a word stands anywhere."""
    found = []
    for model in TABLES:
        name = table(model).name
        whole = cast(func.to_json(literal_column(f'"{name}"')), Text)
        wanted = select(func.count()).select_from(model).where(whole.ilike(f"%{word}%"))
        if session.scalars(wanted).one():
            found.append(name)
    return found


def erase(exam: Exam, user_id: int, extent: Extent, actor: int | None = None) -> None:
    erase_person(exam.sessions, user_id, "sara@example.org", extent, Act(Administrator(actor), exam.context.clock()))


def count(session: Session, model: type[Base]) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


def test_before_there_is_something_to_erase(exam: Exam, sara: int) -> None:
    with exam.sessions() as session:
        assert sara
        assert {"users", "learners", "enrolments", "messages"} <= set(mentions(session, "sara"))


def test_erasing_leaves_no_word_of_the_person_and_the_others_alone(exam: Exam, sara: int, classroom: Classroom) -> None:
    erase(exam, sara, Extent.ERASE, classroom.instructor.id)
    with exam.sessions() as session:
        assert mentions(session, "sara") == []
        assert count(session, Submission) == 2
        assert count(session, Grading) == 1
        assert count(session, Blob) == 1  # Sven has sent the same file
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject_id, entry.detail) == ("person.erased", None, {})


def test_a_file_that_nobody_else_has_sent_goes_too(exam: Exam, sara: int, classroom: Classroom) -> None:
    act = Act(operator(), exam.context.clock())
    erase_person(exam.sessions, classroom.students[1].id, "sven@example.org", Extent.ERASE, act)
    erase(exam, sara, Extent.ERASE)
    with exam.sessions() as session:
        assert count(session, Blob) == 0


def test_anonymising_keeps_the_work_and_says_no_more_whose_it_is(exam: Exam, sara: int) -> None:
    erase(exam, sara, Extent.ANONYMISE)
    with exam.sessions() as session:
        assert mentions(session, "sara") == []
        assert count(session, Submission) == 5
        assert count(session, Grading) == 3
        user = session.get_one(User, sara)
        assert user.disabled_at is not None
        assert user.email.endswith("@erased.invalid")
        assert session.scalars(select(Learner.ref).where(Learner.user_id == sara)).one().startswith("erased-")
        assert session.scalars(select(Enrolment.role).where(Enrolment.user_id == sara)).one() == "student"


def test_without_the_e_mail_nothing_happens(exam: Exam, sara: int) -> None:
    with pytest.raises(EraseNotConfirmed):
        erase_person(exam.sessions, sara, "sven@example.org", Extent.ERASE, Act(operator(), exam.context.clock()))


def test_the_only_administrator_stays(exam: Exam, clock: Clock) -> None:
    root = register(exam.sessions, Person("root@example.org", "Root", Role.ADMINISTRATOR), clock())
    with pytest.raises(LastAdministrator):
        erase_person(exam.sessions, root, "root@example.org", Extent.ERASE, Act(Administrator(root), clock()))
