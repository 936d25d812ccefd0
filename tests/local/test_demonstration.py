from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.catalog.load import Catalog, load_catalog
from grader.checking.policy import Open
from grader.local import demonstration
from grader.services.agenda import agenda
from grader.services.authenticate import authenticate_token
from grader.services.begin import Browser
from grader.services.principal import Scope
from grader.services.register import Person, register
from grader.services.sign_in import sign_in_by_link
from grader.store import users
from grader.store.submissions import Submission
from grader.store.users import User

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
    assert demonstration.is_wanted(sessions)
    demonstration.seed(sessions, catalog, EXERCISES, NOW)
    assert demonstration.is_there(sessions)
    assert not demonstration.is_wanted(sessions)
    people, submissions = _count(sessions)
    assert people == len(demonstration.PEOPLE)
    assert submissions == (people - 1) * (len(catalog) - 1)


def test_the_course_has_assignments_of_each_kind(sessions: Sessions, catalog: Catalog) -> None:
    demonstration.seed(sessions, catalog, EXERCISES, NOW)
    with sessions() as session:
        student = users.id_of(session, demonstration.STUDENT.email)
        assert student is not None
        tasks = agenda(session, student, lambda assignment: catalog.find(assignment.slug).exercise.max_points, NOW)
    assert [task.state for task in tasks] == [Open.CLOSED, Open.LATE, Open.OPEN, Open.NOT_YET, Open.OPEN]
    assert [len(task.standing.attempts) for task in tasks] == [1, 1, 1, 0, 1]


def test_a_start_that_broke_off_is_completed_and_nothing_is_done_twice(sessions: Sessions, catalog: Catalog) -> None:
    demonstration.seed(sessions, catalog, EXERCISES, NOW)
    before = _count(sessions)
    demonstration.seed(sessions, catalog, EXERCISES, NOW)
    assert _count(sessions) == before


def test_a_database_that_others_use_is_left_alone(sessions: Sessions) -> None:
    register(sessions, Person("somebody@else.org", "Somebody"), NOW)
    assert not demonstration.is_wanted(sessions)
    assert not demonstration.is_there(sessions)


def test_the_doors_open_for_an_instructor_and_for_a_student_alone(sessions: Sessions, catalog: Catalog) -> None:
    demonstration.seed(sessions, catalog, EXERCISES, NOW)
    demo = demonstration.open_doors(sessions, "http://here", NOW)
    with sessions() as session:
        instructor = authenticate_token(session, demo.instructor_token, NOW)
        student = authenticate_token(session, demo.student_token, NOW)
    assert (instructor.learner_ref, instructor.scopes) == (None, frozenset(Scope))
    assert (student.learner_ref, student.scopes) == ("student@example.org", frozenset({Scope.SUBMIT, Scope.READ}))
    for link in (demo.instructor_link, demo.student_link):
        assert link.startswith("http://here/sign-in/link/")
        assert sign_in_by_link(sessions, link.rpartition("/")[2], Browser(demonstration.LINK_LIFETIME), NOW).token.plain


def test_exercises_without_sample_answers_are_no_obstacle(sessions: Sessions, catalog: Catalog, tmp_path: Path) -> None:
    demonstration.seed(sessions, catalog, tmp_path, NOW)
    assert _count(sessions) == (len(demonstration.PEOPLE), 0)
