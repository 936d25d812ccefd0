import pytest

from grader.services.courses.members import StudentPlace
from grader.services.courses.membership import StaffOf
from grader.services.errors import UnknownAssignment, UnusableMessage
from grader.services.student.messages import LONGEST, messages_of, send_message
from grader.store.database import Sessions
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock


@pytest.fixture
def at(assign: Assign, classroom: Classroom) -> StudentPlace:
    return StudentPlace(assign(), classroom.students[0].id)


def test_the_newest_message_comes_first(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock
) -> None:
    send_message(sessions, classroom.as_instructor, at, " Come to my office.\nBring your notes. ", clock())
    send_message(sessions, classroom.as_assistant, at, "Well done", clock.advance(1))
    with sessions() as session:
        newest, first = messages_of(session, at)
    assert (newest.text, newest.sender, newest.read_at) == ("Well done", "Aki", None)
    assert first.text == "Come to my office.\nBring your notes."


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST + 1), "a\0b"])
def test_a_message_says_something_and_no_novel(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock, text: str
) -> None:
    with pytest.raises(UnusableMessage):
        send_message(sessions, classroom.as_instructor, at, text, clock())


def test_staff_write_to_students_of_their_own_course_only(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock
) -> None:
    with pytest.raises(UnknownAssignment):
        send_message(sessions, StaffOf(classroom.course_id + 1, classroom.stranger.id), at, "Hello", clock())
    with pytest.raises(UnknownAssignment):
        send_message(
            sessions, classroom.as_instructor, StudentPlace(at.assignment_id, classroom.stranger.id), "Hello", clock()
        )
