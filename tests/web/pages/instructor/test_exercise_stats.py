import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from grader.web.dependencies import WebServices
from tests.web.pages.conftest import STEP, Browser, send, set_aside

PAGE = "/instructor/exercises/step-network-forward"


def sent(page: str) -> list[str]:
    return [f"/submissions/{one}" for one in re.findall(r'<tr data-submission="([^"]+)"', page)]


def best(page: str) -> dict[str, str]:
    rows = re.findall(r'<tr data-learner="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    return {learner: " ".join(re.sub(r"<[^>]+>", " ", cells).split()).removeprefix(learner) for learner, cells in rows}


def counts(page: str) -> dict[str, list[int]]:
    """The table behind the bars: per field, in the order of the words."""
    rows = re.findall(r'<tr data-field="(\w+)">(.*?)</tr>', page, re.DOTALL)
    return {field: [int(n) for n in re.findall(r'to-right">(\d+)</td>', cells)] for field, cells in rows}


def test_who_sent_what_when_newest_first(instructor: FlaskClient, student: FlaskClient, browser: Browser) -> None:
    first, second = send(student), send(browser("binh@example.org"))
    page = instructor.get(PAGE).text
    assert sent(page) == [second, first]
    assert page.index("binh@example.org") < page.index("an@example.org")


def test_submissions_of_programs_show_too(instructor: FlaskClient, client: FlaskClient, token: dict[str, str]) -> None:
    body = {"exercise": "step-network-forward", "learner_ref": "moodle-17", "answers": STEP}
    assert client.post("/api/v1/submissions", json=body, headers=token).status_code == 202
    page = instructor.get(PAGE).text
    assert best(page) == {"moodle-17": " by lms 1 submitted not graded yet"}
    assert instructor.get(sent(page)[0]).status_code == 200


def test_the_best_score_of_each_learner(
    instructor: FlaskClient, student: FlaskClient, browser: Browser, grade_all: Callable[[], None]
) -> None:
    send(student, answers={**STEP, "y5": "0"})
    send(student)
    send(browser("binh@example.org"), answers={**STEP, "y5": "0"})
    grade_all()
    assert best(instructor.get(PAGE).text) == {
        "an@example.org": " 2 submitted 6 of 6",
        "binh@example.org": " 1 submitted 5 of 6",
    }


def test_verdicts_are_counted_per_field_over_the_best_of_each_learner(
    instructor: FlaskClient, student: FlaskClient, browser: Browser, grade_all: Callable[[], None]
) -> None:
    send(student, answers={"v3": "2"})
    send(student)
    send(browser("binh@example.org"), answers={**STEP, "y5": "7"})
    send(browser("chi@example.org"), answers={"v3": "2"})
    grade_all()
    page = instructor.get(PAGE).text
    counted = counts(page)
    assert list(counted) == list(STEP)
    assert counted["v3"] == [3, 0, 0, 0, 0, 0, 0]
    assert counted["y5"] == [1, 0, 0, 0, 0, 1, 1]
    assert 'aria-label="1 correct, 1 wrong, 1 blank"' in page


def test_what_could_not_be_graded_is_named_with_its_reason(
    instructor: FlaskClient, student: FlaskClient, services: WebServices
) -> None:
    stuck = send(student)
    set_aside(services, stuck, "The grader stopped each time.")
    page = instructor.get(PAGE).text
    assert f'data-set-aside="{stuck.rpartition("/")[2]}"' in page
    assert "The grader stopped each time." in page
    assert '<dd data-count="failed">1</dd>' in page
    assert best(page) == {}  # no attempt is counted


@pytest.mark.long
def test_a_long_list_is_turned_page_by_page(instructor: FlaskClient, student: FlaskClient) -> None:
    all_sent = [send(student) for _ in range(27)]
    first = instructor.get(PAGE).text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    assert sent(first) + sent(instructor.get(older[1]).text) == all_sent[::-1]


def test_an_empty_dashboard_says_what_to_do_first(instructor: FlaskClient) -> None:
    page = instructor.get(PAGE).text
    assert "No submissions yet" in page
    assert "grader users create" in page


def test_an_unknown_exercise_has_no_dashboard(instructor: FlaskClient) -> None:
    assert instructor.get("/instructor/exercises/nothing").status_code == 404
