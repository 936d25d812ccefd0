import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.web.pages.conftest import Browser, send


def sent(page: str) -> list[str]:
    return [f"/submissions/{one}" for one in re.findall(r'<tr data-submission="([^"]+)"', page)]


def test_own_submissions_are_listed_newest_first(student: FlaskClient, browser: Browser) -> None:
    send(browser("binh@example.org"))
    mine = [send(student) for _ in range(3)]
    assert sent(student.get("/submissions").text) == mine[::-1]


def test_one_exercise_can_be_looked_at_alone(student: FlaskClient) -> None:
    send(student)
    gate = send(student, "and-gate", {"w0": "1"})
    assert sent(student.get("/submissions?exercise=and-gate").text) == [gate]


def test_scores_show_once_there_are_some(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    send(student)
    assert "being graded" in student.get("/submissions").text
    grade_all()
    assert "6 of 6" in student.get("/submissions").text


@pytest.mark.long
def test_a_long_history_is_turned_page_by_page(student: FlaskClient) -> None:
    mine = [send(student, "and-gate", {"w0": str(n)}) for n in range(53)]
    first = student.get("/submissions?exercise=and-gate").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    second = student.get(older[1].replace("&amp;", "&")).text
    assert sent(first) + sent(second) == mine[::-1]
    assert 'rel="next"' not in second
    assert 'href="/submissions?exercise=and-gate">Newest' in second


def test_a_page_mark_that_is_not_ours_is_refused_readably(student: FlaskClient) -> None:
    reply = student.get("/submissions?before=nonsense")
    assert (reply.status_code, reply.mimetype) == (422, "text/html")


def test_an_empty_history_says_what_to_do_first(student: FlaskClient) -> None:
    assert 'href="/exercises">Go to exercises' in student.get("/submissions").text
    page = student.get("/submissions?exercise=and-gate").text
    assert 'href="/exercises/and-gate">Answer Weights for the AND gate' in page
