from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.catalog.load import Catalog, load_catalog
from grader.demo import course
from grader.judging.policy import Open
from grader.services.accounts.authentication import Scope, authenticate_token
from grader.services.accounts.registration import Person, register
from grader.services.accounts.sign_in import Browser, sign_in_by_link
from grader.services.student.todo import agenda
from grader.store import accounts
from grader.store.submission_tables import Submission
from grader.store.tables import User

pytestmark = pytest.mark.long

EXERCISES = Path("exercises")
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
Sessions = sessionmaker[Session]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(EXERCISES)


def _count(sessions: Sessions) -> tuple[int, int]:
    with sessions() as session:
        return (
            session.scalar(select(func.count()).select_from(User)) or 0,
            session.scalar(select(func.count()).select_from(Submission)) or 0,
        )


def test_everybody_has_answered_every_exercise_that_is_open(sessions: Sessions, catalog: Catalog) -> None:
    assert course.is_wanted(sessions)
    course.seed(sessions, catalog, EXERCISES, NOW)
    assert course.is_there(sessions)
    assert not course.is_wanted(sessions)
    people, submissions = _count(sessions)
    assert people == len(course.PEOPLE)
    assert submissions == (people - 1) * (len(catalog) - 1)


def test_the_course_has_assignments_of_each_kind(sessions: Sessions, catalog: Catalog) -> None:
    course.seed(sessions, catalog, EXERCISES, NOW)
    with sessions() as session:
        student = accounts.user_id_of(session, course.STUDENT.email)
        assert student is not None
        tasks = agenda(session, student, lambda assignment: catalog.find(assignment.slug).exercise.max_points, NOW)
    assert [task.state for task in tasks] == [Open.CLOSED, Open.LATE, Open.OPEN, Open.NOT_YET, Open.OPEN]
    assert [len(task.standing.attempts) for task in tasks] == [1, 1, 1, 0, 1]


def test_a_start_that_broke_off_is_completed_and_nothing_is_done_twice(sessions: Sessions, catalog: Catalog) -> None:
    course.seed(sessions, catalog, EXERCISES, NOW)
    before = _count(sessions)
    course.seed(sessions, catalog, EXERCISES, NOW)
    assert _count(sessions) == before


def test_a_database_that_others_use_is_left_alone(sessions: Sessions) -> None:
    register(sessions, Person("somebody@else.org", "Somebody"), NOW)
    assert not course.is_wanted(sessions)
    assert not course.is_there(sessions)


def test_the_doors_open_for_an_instructor_and_for_a_student_alone(sessions: Sessions, catalog: Catalog) -> None:
    course.seed(sessions, catalog, EXERCISES, NOW)
    demo = course.open_doors(sessions, "http://here", NOW)
    with sessions() as session:
        instructor = authenticate_token(session, demo.instructor_token, NOW)
        student = authenticate_token(session, demo.student_token, NOW)
    assert (instructor.learner_ref, instructor.scopes) == (None, frozenset(Scope))
    assert (student.learner_ref, student.scopes) == ("student@example.org", frozenset({Scope.SUBMIT, Scope.READ}))
    for link in (demo.instructor_link, demo.student_link):
        assert link.startswith("http://here/sign-in/link/")
        assert sign_in_by_link(sessions, link.rpartition("/")[2], Browser(course.LINK_LIFETIME), NOW).token.plain


def test_exercises_without_sample_answers_are_no_obstacle(sessions: Sessions, catalog: Catalog, tmp_path: Path) -> None:
    course.seed(sessions, catalog, tmp_path, NOW)
    assert _count(sessions) == (len(course.PEOPLE), 0)
