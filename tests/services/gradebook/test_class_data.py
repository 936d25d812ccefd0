from collections.abc import Callable

import pytest

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.judging.policy import Override, Policy
from grader.services.assignments.assignments import find_assignment
from grader.services.assignments.marks import override_mark
from grader.services.courses.members import StudentPlace
from grader.services.gradebook.class_data import ClassData, class_version, read_class
from grader.services.grading.context import Revisions
from grader.services.grading.drain import drain
from grader.store.database import Sessions
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.submitting import submit_for

Read = Callable[..., ClassData]
Answer = Callable[..., None]


@pytest.fixture
def assignment_id(assign: Assign) -> int:
    return assign("backprop-2-2-2", Policy(variants=False))


@pytest.fixture
def read(sessions: Sessions, catalog: Catalog, assignment_id: int) -> Read:
    def now(before: ClassData | None = None) -> ClassData:
        with sessions() as session:
            assignment = find_assignment(session, assignment_id)
            place = (assignment, catalog.find(assignment.slug))
            return read_class(session, place, Revisions(catalog, sessions), class_version(session, *place), before)

    return now


@pytest.fixture
def answer(sessions: Sessions, catalog: Catalog, classroom: Classroom, assignment_id: int, clock: Clock) -> Answer:
    def send(student: int, *, grade: bool = True, **typed: str) -> None:
        entries = {name: Entry(text) for name, text in typed.items()}
        published = catalog.find("backprop-2-2-2")
        submit_for(
            sessions, published, classroom.learner(student), entries, clock.advance(1), assignment_id=assignment_id
        )
        if grade:
            drain(sessions, catalog, clock)

    return send


@pytest.fixture
def set_mark(sessions: Sessions, classroom: Classroom, assignment_id: int, clock: Clock) -> Callable[[], None]:
    at = StudentPlace(assignment_id, classroom.students[1].id)
    return lambda: override_mark(sessions, classroom.as_instructor, at, Override(0.5, "Shown in class"), clock())


def told(classwork: ClassData) -> tuple[object, ...]:
    return classwork.works, set(classwork.wrongs), classwork.drafting, classwork.reading


def test_a_class_is_read_with_verdicts_and_mistakes(read: Read, answer: Answer, classroom: Classroom) -> None:
    answer(0, net_h1="0.3775", net_h2="0.0425")
    answer(0, net_h1="0.9")
    works = {work.user_id: work for work in read().works}
    sara, sven = (works[student.id] for student in classroom.students)
    assert [letters[:2] for letters in sara.verdicts] == ["cm", "w-"]
    assert sara.mistakes[0] == {"net_h2": "bias-missing"}
    assert sven.attempts == ()


def test_unexplained_answers_are_read_with_what_was_typed(read: Read, answer: Answer) -> None:
    answer(0, net_h1="0.9")
    answer(0, net_h1="0,8")
    (wrong,) = read().wrongs
    assert (wrong.field, wrong.text) == ("net_h1", "0,8")


def test_reading_on_gives_what_reading_all_gives(read: Read, answer: Answer, set_mark: Callable[[], None]) -> None:
    answer(0, net_h1="0.9")
    answer(1, net_h1="0.3775", delta_h1="4")
    first = read()
    answer(0, net_h1="0.3775", grade=False)
    second = read(first)
    assert told(second) == told(read())
    assert second.works[1] is first.works[1]
    set_mark()
    answer(0, net_h2="0.1")
    third = read(second)
    assert told(third) == told(read())
    assert third.works[1].mark.share == 0.5


def test_the_version_changes_with_what_is_read(read: Read, answer: Answer) -> None:
    versions = [read().reading.version]
    answer(0, net_h1="0.9", grade=False)
    versions.append(read().reading.version)
    answer(1, net_h1="0.9")
    versions += [read().reading.version, read().reading.version]
    assert len(set(versions)) == 3
