from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import insert

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.services.assignments.assignments import find_assignment
from grader.services.assignments.marks import StudentMark, marks_of
from grader.services.grading.drain import drain
from grader.store import submission_queries
from grader.store.database import Sessions
from grader.store.submission_tables import Failure
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.submitting import submit_for

SLUG = "backprop-2-2-2"


@dataclass(frozen=True)
class Work:
    """What two students send to an assignment."""

    sessions: Sessions
    catalog: Catalog
    classroom: Classroom
    clock: Clock
    assignment_id: int

    def send(self, student: int, text: str) -> UUID:
        entries, learner = {"net_h1": Entry(text)}, self.classroom.learner(student)
        published, now = self.catalog.find(SLUG), self.clock.advance(1)
        return submit_for(self.sessions, published, learner, entries, now, assignment_id=self.assignment_id).id

    def grade(self) -> None:
        drain(self.sessions, self.catalog, self.clock)

    def set_aside(self, submission_id: UUID, unusable_file: dict[str, str] | None = None) -> None:
        row = {"submission_id": submission_id, "tries": 3, "reason": "x", "failed_at": self.clock()}
        with self.sessions.begin() as session:
            session.execute(insert(Failure).values(row | {"unusable_file": unusable_file}))

    def marks(self, *students: int) -> list[StudentMark]:
        ids = [self.classroom.students[number].id for number in students]
        with self.sessions() as session:
            found = marks_of(session, find_assignment(session, self.assignment_id), 10, ids)
        return [found[user_id] for user_id in ids]


@pytest.fixture
def work(sessions: Sessions, catalog: Catalog, classroom: Classroom, clock: Clock, assign: Assign) -> Work:
    return Work(sessions, catalog, classroom, clock, assign(SLUG))


def test_attempts_are_read_in_the_order_of_sending_with_how_each_ended(work: Work) -> None:
    right, other, wrong = work.send(0, "0.3775"), work.send(1, "0.3775"), work.send(0, "0.9")
    work.grade()
    ours, theirs, waiting = work.send(0, "0.1"), work.send(0, "0.2"), work.send(0, "0.3")
    work.set_aside(ours)
    work.set_aside(theirs, {"key": "x"})
    work.set_aside(right)  # a grading outweighs a failure
    sara, sven = work.marks(0, 1)
    assert [(one.submission_id, one.given is None, one.failed, one.unusable) for one in sara.attempts] == [
        (right, False, False, False),
        (wrong, False, False, False),
        (ours, True, True, False),
        (theirs, True, True, True),
        (waiting, True, False, False),
    ]
    assert [one.submission_id for one in sven.attempts] == [other]
    assert (sara.mark.counted, sara.mark.attempts_used) == (right, 3)


def test_a_class_is_read_as_each_of_its_submissions_is(work: Work) -> None:
    for k in range(4):
        work.send(k % 2, f"0.{k}")
    work.grade()
    work.set_aside(work.send(0, "0.5"))
    with work.sessions() as session:
        rows = submission_queries.attempts_at(session, [work.assignment_id])
    for student, found, who in zip((0, 1), work.marks(0, 1), work.classroom.students, strict=True):
        assert [tuple(one) for one in found.attempts] == [tuple(row)[2:] for row in rows if row.user_id == who.id]
        assert work.marks(student) == [found]


def test_a_student_who_has_sent_nothing_has_no_attempts_and_no_mark(work: Work) -> None:
    (alone,) = work.marks(0)
    assert (alone.attempts, alone.mark.share) == ((), None)
