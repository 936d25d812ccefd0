from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from grader.catalog.load import LoadedExercise
from grader.judging.answers import Entry
from grader.judging.policy import Late, Policy
from grader.services.errors import AssignmentClosed, NoAttemptsLeft, NotOpenYet, UnknownAssignment
from grader.services.submissions.submit import Submitted
from grader.store.database import Sessions
from grader.store.grading_queue import Fault, add_failure
from grader.store.tables import Allowance, Course
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.submitting import submit_for

Answer = Callable[..., Submitted]

DAY = 24 * 3600


@pytest.fixture
def answer(
    sessions: Sessions, published: LoadedExercise, right: dict[str, Entry], classroom: Classroom, clock: Clock
) -> Answer:
    def send(assignment_id: int, ref: str | None = None, student: int = 0) -> Submitted:
        return submit_for(
            sessions, published, classroom.learner(student), right, clock(), client_ref=ref, assignment_id=assignment_id
        )

    return send


def test_an_open_assignment_takes_attempts(answer: Answer, assign: Assign) -> None:
    assert isinstance(answer(assign()).id, UUID)


def test_before_it_opens_nothing_is_taken(answer: Answer, assign: Assign, clock: Clock) -> None:
    with pytest.raises(NotOpenYet):
        answer(assign(opens_at=clock() + timedelta(minutes=1)))


def test_when_it_is_over_nothing_is_taken(answer: Answer, assign: Assign, clock: Clock) -> None:
    assignment_id = assign()
    clock.advance(7 * DAY + 59.999)
    answer(assignment_id)
    clock.advance(0.001)
    with pytest.raises(AssignmentClosed):
        answer(assignment_id)


def test_late_work_is_taken_as_long_as_the_policy_says(answer: Answer, assign: Assign, clock: Clock) -> None:
    assignment_id = assign(policy=Policy(late=Late(0.1, 0.5, 2)))
    clock.advance(9 * DAY + 59)
    answer(assignment_id)
    clock.advance(1)
    with pytest.raises(AssignmentClosed):
        answer(assignment_id)


def test_no_more_attempts_are_taken_than_there_are(answer: Answer, assign: Assign) -> None:
    assignment_id = assign(policy=Policy(attempts=2))
    answer(assignment_id)
    answer(assignment_id)
    with pytest.raises(NoAttemptsLeft):
        answer(assignment_id)
    answer(assignment_id, student=1)


def test_the_last_attempt_sent_twice_is_taken_once(answer: Answer, assign: Assign) -> None:
    assignment_id = assign(policy=Policy(attempts=1))
    first = answer(assignment_id, "form:1")
    assert answer(assignment_id, "form:1") == Submitted(first.id, repeated=True)


def test_of_many_who_press_at_once_no_more_get_through_than_there_are_attempts(answer: Answer, assign: Assign) -> None:
    assignment_id = assign(policy=Policy(attempts=3))
    with ThreadPoolExecutor(6) as pool:
        ended = [pool.submit(answer, assignment_id, f"tab:{number}").exception() for number in range(6)]
    assert sorted(type(error).__name__ for error in ended) == ["NoAttemptsLeft"] * 3 + ["NoneType"] * 3


def test_a_fault_of_ours_costs_no_attempt(answer: Answer, assign: Assign, sessions: Sessions, clock: Clock) -> None:
    assignment_id = assign(policy=Policy(attempts=1))
    with sessions.begin() as session:
        add_failure(session, answer(assignment_id).id, Fault(3, "no memory", clock()))
    answer(assignment_id)


def test_an_allowance_gives_one_student_more_time_and_attempts(
    answer: Answer, assign: Assign, sessions: Sessions, classroom: Classroom, clock: Clock
) -> None:
    assignment_id = assign(policy=Policy(attempts=1))
    row = {"assignment_id": assignment_id, "user_id": classroom.students[0].id, "extra_attempts": 1}
    more = {"due_at": clock() + timedelta(days=9), "reason": "ill", "given_at": clock()}
    with sessions.begin() as session:
        session.execute(insert(Allowance).values(row | more))
    answer(assignment_id)
    clock.advance(8 * DAY)
    answer(assignment_id)
    with pytest.raises(AssignmentClosed):
        answer(assignment_id, student=1)
    with pytest.raises(NoAttemptsLeft):
        answer(assignment_id)


def test_a_course_that_was_put_away_takes_nothing(
    answer: Answer, assign: Assign, sessions: Sessions, clock: Clock
) -> None:
    assignment_id = assign()
    with sessions.begin() as session:
        session.execute(update(Course).values(archived_at=clock()))
    with pytest.raises(AssignmentClosed):
        answer(assignment_id)


def test_an_assignment_that_is_not_there_takes_nothing(answer: Answer) -> None:
    with pytest.raises(UnknownAssignment):
        answer(404)
