from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from grader.catalog.load import Catalog
from grader.demo.crowd import Crowd, CrowdSize, fill_crowd
from grader.demo.fill import Ground
from grader.judging.report import Report
from grader.services.submissions.queries import Status, history
from grader.store.database import Sessions
from grader.store.submission_tables import Failure, Grading, Submission, Waiting
from grader.store.tables import Base, Enrolment, User
from grader.vocabulary import SubmissionFilter
from tests.fixtures.course import EXERCISES

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIZE = CrowdSize(courses=3, students=10, submissions=3_000)


@pytest.fixture
def ground(sessions: Sessions, catalog: Catalog) -> Ground:
    return Ground(sessions, catalog, Path(EXERCISES), "a secret of the tests alone", NOW, lambda *_: None)


@pytest.fixture
def crowd(ground: Ground) -> Crowd:
    return fill_crowd(ground, SIZE, 1)


def _count(sessions: Sessions, model: type[Base]) -> int:
    with sessions() as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def test_as_many_are_stored_as_were_asked_for_each_with_its_outcome(ground: Ground, crowd: Crowd) -> None:
    assert _count(ground.sessions, Submission) == SIZE.submissions
    assert _count(ground.sessions, Grading) + _count(ground.sessions, Failure) == SIZE.submissions
    assert _count(ground.sessions, Waiting) == 0
    assert _count(ground.sessions, Enrolment) == SIZE.students + len(crowd.courses)


def test_a_crowd_can_come_after_another_and_takes_no_one_elses_number(ground: Ground, crowd: Crowd) -> None:
    again = fill_crowd(ground, SIZE, 1)
    assert not set(again.courses) & set(crowd.courses)
    assert _count(ground.sessions, User) == 2 * (SIZE.students + 1)
    with ground.sessions.begin() as session:
        one = User(email="new@example.org", name="New", role="student", created_at=NOW)
        session.add(one)
        session.flush()
        assert one.id > max(user for some in again.members for user, _ in some)


@pytest.mark.usefixtures("crowd")
def test_what_it_stores_is_read_as_what_people_sent(ground: Ground) -> None:
    with ground.sessions() as session:
        shown = history(session, SubmissionFilter(practice=True), 50).items
        reports = session.scalars(select(Grading.report).limit(50)).all()
    assert {line.status for line in shown} >= {Status.GRADED}
    assert all(Report.from_json(report).letters for report in reports)
    assert shown[0].submitted_at <= NOW
