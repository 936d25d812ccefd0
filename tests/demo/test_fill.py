from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from grader.catalog.load import Catalog
from grader.demo.fill import FilledCourse, Ground, fill
from grader.demo.students import IMAGINED_ASSIGNMENTS
from grader.services.assignments.assignments import assignments_of
from grader.services.assignments.marks import marks_of
from grader.services.grading.drain import drain
from grader.store.database import Sessions
from grader.store.submission_tables import Grading, Submission
from grader.store.tables import Enrolment
from tests.fixtures.course import EXERCISES

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ground(sessions: Sessions, catalog: Catalog) -> Ground:
    return Ground(sessions, catalog, Path(EXERCISES), "a secret of the tests alone", NOW, lambda *_: None)


@pytest.fixture
def filled(ground: Ground) -> FilledCourse:
    made = fill(ground, "Deep Learning", 25, 3)
    assert drain(ground.sessions, ground.catalog, lambda: datetime.now(UTC)).is_finished
    return made


def test_everything_that_was_sent_is_stored_and_graded(ground: Ground, filled: FilledCourse) -> None:
    with ground.sessions() as session:
        stored = session.scalar(select(func.count()).select_from(Submission))
        graded = session.scalar(select(func.count()).select_from(Grading))
        enrolled = session.scalar(select(func.count()).select_from(Enrolment))
    assert stored == graded == filled.submissions > 25
    assert enrolled == 25 + 1
    assert len(filled.assignments) == len(IMAGINED_ASSIGNMENTS)


def test_every_verdict_and_many_mistakes_occur(ground: Ground, filled: FilledCourse) -> None:
    assert filled.submissions
    with ground.sessions() as session:
        rows = session.execute(select(Grading.verdicts, Grading.mistakes)).all()
    letters = Counter(letter for row in rows for letter in row.verdicts)
    assert set(letters) >= set("cfimw-")
    assert len({mistake for row in rows for mistake in (row.mistakes or {}).values()}) >= 4


def test_marks_are_spread(ground: Ground, filled: FilledCourse) -> None:
    with ground.sessions() as session:
        first = assignments_of(session, filled.course_id)[1]
        students = list(session.scalars(select(Enrolment.user_id).where(Enrolment.role == "student")))
        standings = marks_of(session, first, 10, students)
    shares = [standing.mark.share for standing in standings.values() if standing.mark.share is not None]
    assert len(set(shares)) > 3
    assert max(shares) == 1


def test_the_same_seed_gives_the_same_class_a_second_time(ground: Ground, filled: FilledCourse) -> None:
    again = fill(ground, "Deep Learning, again", 25, 3)
    assert again.course_id != filled.course_id
    assert (again.students, again.submissions) == (filled.students, filled.submissions)
