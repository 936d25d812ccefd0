"""What is sent to an assignment is shown to its course; the pages of an exercise are for all who give courses."""

import pytest
from flask.testing import FlaskClient

from tests.fixtures.classroom import Classroom
from tests.web.pages.conftest import send
from tests.web.pages.courses.conftest import BrowserOf
from tests.web.pages.instructor.conftest import Answer

EXERCISE = "/instructor/exercises/step-network-forward"


@pytest.fixture
def stranger(classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    return browser_of(classroom.stranger)


@pytest.mark.parametrize("page", [EXERCISE, f"{EXERCISE}/submissions.csv"])
def test_whoever_gives_another_course_sees_nothing_of_it(stranger: FlaskClient, answer: Answer, page: str) -> None:
    sent = answer(y5="7")
    seen = stranger.get(page).text
    assert "sara@example.org" not in seen
    assert sent.rpartition("/")[2] not in seen


def test_it_is_not_counted_either(stranger: FlaskClient, student: FlaskClient, answer: Answer) -> None:
    for _ in range(3):
        answer()
    send(student)
    assert "<dt>submissions</dt><dd>1</dd>" in stranger.get(EXERCISE).text
    assert stranger.get(f"{EXERCISE}/submissions.csv").text.count("\n") == 2
