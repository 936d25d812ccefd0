from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert, update

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.answers import Entry
from grader.judging.policy import Late, Open, Policy, Shown
from grader.services.assignments.assignments import CourseAssignment
from grader.services.courses.courses import archive_course
from grader.services.courses.members import remove_member
from grader.services.courses.membership import in_course
from grader.services.grading.drain import drain
from grader.services.student.todo import TodoItem, agenda, progress_of
from grader.store.database import Sessions
from grader.store.tables import Allowance, Enrolment
from grader.vocabulary import CourseRole
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.submitting import submit_for

DAY = timedelta(days=1)


def for_sara(sessions: Sessions, classroom: Classroom, clock: Clock, catalog: Catalog) -> tuple[TodoItem, ...]:
    def worth(assignment: CourseAssignment) -> float:
        return catalog.find(assignment.slug).exercise.max_points

    with sessions() as session:
        return agenda(session, classroom.students[0].id, worth, clock())


def test_the_soonest_due_comes_first_and_what_is_never_due_last(
    sessions: Sessions, classroom: Classroom, assign: Assign, clock: Clock, catalog: Catalog
) -> None:
    assign(title="never", due_at=None)
    assign(title="later", due_at=clock() + 5 * DAY)
    assign(title="sooner", due_at=clock() + DAY)
    tasks = for_sara(sessions, classroom, clock, catalog)
    assert [task.assignment.title for task in tasks] == ["sooner", "later", "never"]


def test_each_says_how_it_stands(
    sessions: Sessions, classroom: Classroom, assign: Assign, clock: Clock, catalog: Catalog
) -> None:
    assign(opens_at=clock() + DAY, due_at=clock() + 2 * DAY)
    assign(due_at=clock() - DAY)
    assign(due_at=clock() - DAY, policy=Policy(late=Late(0.1, 0.5, 7)))
    assign(due_at=clock() + DAY)
    states = {task.state for task in for_sara(sessions, classroom, clock, catalog)}
    assert states == {Open.NOT_YET, Open.CLOSED, Open.LATE, Open.OPEN}


def test_a_later_due_time_of_ones_own_counts(
    sessions: Sessions, classroom: Classroom, assign: Assign, clock: Clock, catalog: Catalog
) -> None:
    assignment_id = assign(due_at=clock() - DAY, policy=Policy(attempts=1))
    given = {"reason": "ill", "given_at": clock(), "extra_attempts": 2, "due_at": clock() + DAY}
    with sessions.begin() as session:
        user_id = classroom.students[0].id
        session.execute(insert(Allowance).values(assignment_id=assignment_id, user_id=user_id, **given))
    (task,) = for_sara(sessions, classroom, clock, catalog)
    assert (task.state, task.standing.mark.attempts_left) == (Open.OPEN, 3)


def test_marks_and_progress_show_when_the_policy_says_so(  # noqa: PLR0917 - fixtures are arguments
    sessions: Sessions,
    classroom: Classroom,
    assign: Assign,
    clock: Clock,
    published: LoadedExercise,
    right: dict[str, Entry],
) -> None:
    catalog = Catalog({published.slug: published})
    shown, hidden = assign(), assign(policy=Policy(marks=Shown.AFTER_DUE), due_at=clock() + 8 * DAY)
    assign(due_at=None, policy=Policy(points=10))
    for assignment_id in (shown, hidden):
        submit_for(sessions, published, classroom.learner(), right, clock(), assignment_id=assignment_id)
    assert [task.waiting for task in for_sara(sessions, classroom, clock, catalog)] == [1, 1, 0]
    drain(sessions, catalog, clock)
    tasks = for_sara(sessions, classroom, clock, catalog)
    assert [task.shows_mark for task in tasks] == [True, False, True]
    (progress,) = progress_of(tasks)
    assert (progress.sent, progress.assignments, progress.points, progress.of, progress.most) == (2, 3, 6, 6, 22)


def test_nothing_of_courses_that_are_over_or_left_or_taught(
    sessions: Sessions, classroom: Classroom, assign: Assign, clock: Clock, catalog: Catalog
) -> None:
    assign()
    with sessions() as session:
        by = in_course(session, classroom.instructor, classroom.course_id).require_instructor()
    with sessions.begin() as session:
        session.execute(
            update(Enrolment).where(Enrolment.user_id == classroom.students[0].id).values(role=CourseRole.ASSISTANT)
        )
    assert for_sara(sessions, classroom, clock, catalog) == ()
    with sessions.begin() as session:
        session.execute(
            update(Enrolment).where(Enrolment.user_id == classroom.students[0].id).values(role=CourseRole.STUDENT)
        )
    assert len(for_sara(sessions, classroom, clock, catalog)) == 1
    archive_course(sessions, by, clock())
    assert for_sara(sessions, classroom, clock, catalog) == ()
    remove_member(sessions, by, classroom.students[0].id, clock())
    assert for_sara(sessions, classroom, clock, catalog) == ()


def test_the_number_of_queries_does_not_grow(
    sessions: Sessions, classroom: Classroom, assign: Assign, clock: Clock, catalog: Catalog
) -> None:
    def queries() -> int:
        asked: list[str] = []

        def note(*call: Any) -> None:
            asked.append(call[2])

        event.listen(sessions.kw["bind"], "before_cursor_execute", note)
        for_sara(sessions, classroom, clock, catalog)
        event.remove(sessions.kw["bind"], "before_cursor_execute", note)
        return len(asked)

    assign()
    few = queries()
    for _ in range(5):
        assign()
    assert 0 < queries() <= few
