import pytest
from flask.testing import FlaskClient

from tests.fixtures.classroom import Assign, Classroom
from tests.web.pages.courses.conftest import BrowserOf


@pytest.fixture
def teacher(classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    return browser_of(classroom.instructor)


def test_a_student_is_allowed_more_and_then_no_more(
    teacher: FlaskClient, classroom: Classroom, assign: Assign, browser_of: BrowserOf
) -> None:
    page, sara = f"/assignments/{assign()}/allowances", classroom.students[0]
    assert "No extensions yet" in teacher.get(page).text
    form = {"student": str(sara.id), "due": "2999-01-01T10:00", "attempts": "2", "reason": "Ill for a week"}
    assert teacher.post(page, data=form).status_code == 303
    shown = teacher.get(page).text
    assert "Tuesday 1 January 2999, 10:00 UTC" in shown
    assert "2 further attempts" in shown
    assert 'value="Ill for a week"' in teacher.get(f"{page}?student={sara.id}").text
    assert "Ill for a week" in browser_of(classroom.assistant).get(page).text
    assert teacher.post(f"{page}/{sara.id}/withdraw").status_code == 303
    assert "No extensions yet" in teacher.get(page).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"student": ""}, "Choose a student."),
        ({"due": "2001-01-01T10:00"}, "Enter a time later than the regular due time."),
        ({"due": "soon"}, "Enter a valid date and time."),
        ({"due": "", "attempts": "0"}, "Allow a later due time, extra attempts, or both."),
        ({"attempts": "many"}, "Enter a whole number from 0 to 1000."),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_allowed_is_said_and_what_was_typed_stays(
    teacher: FlaskClient, classroom: Classroom, assign: Assign, changed: dict[str, str], said: str
) -> None:
    form = {"student": str(classroom.students[0].id), "due": "2999-01-01T10:00", "attempts": "2", "reason": "Kept"}
    reply = teacher.post(f"/assignments/{assign()}/allowances", data=form | changed)
    assert reply.status_code == 422
    assert said in reply.text
    assert 'value="Kept"' in reply.text or "reason" in changed


def test_nobody_elses_students_are_allowed_anything(teacher: FlaskClient, classroom: Classroom, assign: Assign) -> None:
    form = {"student": str(classroom.stranger.id), "attempts": "2", "reason": "Ill"}
    assert teacher.post(f"/assignments/{assign()}/allowances", data=form).status_code == 404
