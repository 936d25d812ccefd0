from datetime import timedelta

import pytest
from sqlalchemy import update

from grader.services.accounts.authentication import SignedIn
from grader.services.courses.membership import StaffOf, at_assignment, gives_a_course, in_course
from grader.services.errors import NotForThisRole, UnknownAssignment, UnknownCourse
from grader.store.database import Sessions
from grader.store.tables import Course
from grader.vocabulary import CourseRole, Role
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock


def test_each_is_what_the_course_says(sessions: Sessions, classroom: Classroom) -> None:
    with sessions() as session:
        roles = [
            in_course(session, who, classroom.course_id).role
            for who in (classroom.instructor, classroom.assistant, classroom.students[0])
        ]
    assert roles == [CourseRole.INSTRUCTOR, CourseRole.ASSISTANT, CourseRole.STUDENT]


def test_a_course_that_is_not_there_and_a_strangers_look_alike(sessions: Sessions, classroom: Classroom) -> None:
    with sessions() as session:
        for course_id in (classroom.course_id, 404):
            with pytest.raises(UnknownCourse, match="or you are not a member of it"):
                in_course(session, classroom.stranger, course_id)


def test_an_assignment_that_is_not_there_and_a_strangers_look_alike(
    sessions: Sessions, classroom: Classroom, assign: Assign
) -> None:
    ours = assign()
    with sessions() as session:
        assert at_assignment(session, classroom.students[0], ours).course_id == classroom.course_id
        for assignment_id in (ours, 404):
            with pytest.raises(UnknownAssignment, match="or you are not a member of its course"):
                at_assignment(session, classroom.stranger, assignment_id)


def test_an_administrator_is_an_instructor_everywhere(sessions: Sessions, classroom: Classroom) -> None:
    administrator = SignedIn(0, "root@example.org", "Root", Role.ADMINISTRATOR)
    with sessions() as session:
        assert in_course(session, administrator, classroom.course_id).may_edit
        with pytest.raises(UnknownCourse):
            in_course(session, administrator, 404)


def test_an_assistant_sees_and_does_not_change(sessions: Sessions, classroom: Classroom) -> None:
    with sessions() as session:
        assistant = in_course(session, classroom.assistant, classroom.course_id)
        student = in_course(session, classroom.students[0], classroom.course_id)
    assert assistant.require_staff() == StaffOf(classroom.course_id, classroom.assistant.id)
    for refused in (assistant.require_instructor, student.require_staff):
        with pytest.raises(NotForThisRole):
            refused()


def test_a_course_that_was_put_away_says_so(sessions: Sessions, classroom: Classroom, clock: Clock) -> None:
    with sessions.begin() as session:
        session.execute(update(Course).values(archived_at=clock() - timedelta(days=1)))
        assert in_course(session, classroom.instructor, classroom.course_id).is_archived


def test_who_gives_a_course_is_an_instructor_of_one_that_goes_on(
    sessions: Sessions, classroom: Classroom, clock: Clock
) -> None:
    people = (classroom.instructor, classroom.assistant, classroom.students[0], classroom.stranger)
    with sessions.begin() as session:
        assert [gives_a_course(session, who) for who in people] == [True, False, False, False]
        session.execute(update(Course).values(archived_at=clock()))
        assert not gives_a_course(session, classroom.instructor)
