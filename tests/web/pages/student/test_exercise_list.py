import re
from collections.abc import Callable
from dataclasses import replace

from flask.testing import FlaskClient

from grader.catalog.load import Catalog
from grader.web.app import create_app
from grader.web.auth import COOKIE
from grader.web.dependencies import WebServices
from tests.web.pages.conftest import STEP, Browser, send, set_aside


def line(page: str, slug: str) -> str:
    found = re.search(rf'<tr data-exercise="{slug}">.*?</tr>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_all_exercises_are_listed_with_what_they_are_worth(student: FlaskClient, catalog: Catalog) -> None:
    page = student.get("/exercises").text
    assert line(page, "and-gate") == "Weights for the AND gate not attempted yet · 4 points 0 submitted"
    assert re.findall(r'<tr data-exercise="([^"]+)">', page) == [published.slug for published in catalog]


def test_the_best_score_counts_and_leads_to_its_report(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    best = send(student)
    grade_all()
    send(student, answers={**STEP, "y5": "0"})
    send(student, answers={**STEP, "v3": "7"})
    grade_all()
    page = student.get("/exercises").text
    assert line(page, "step-network-forward").endswith("6 of 6 3 submitted")
    assert f'href="{best}"' in page


def test_nobody_elses_score_shows(student: FlaskClient, browser: Browser, grade_all: Callable[[], None]) -> None:
    send(browser("binh@example.org"))
    grade_all()
    assert "not attempted yet" in line(student.get("/exercises").text, "step-network-forward")


def test_until_it_is_graded_there_is_no_score(student: FlaskClient) -> None:
    send(student)
    assert line(student.get("/exercises").text, "step-network-forward").endswith("being graded 1 submitted")


def test_what_we_could_not_grade_is_no_attempt(student: FlaskClient, services: WebServices) -> None:
    set_aside(services, send(student))
    assert "not attempted yet" in line(student.get("/exercises").text, "step-network-forward")


def test_without_exercises_the_page_says_whose_turn_it_is(services: WebServices, student: FlaskClient) -> None:
    client = create_app(replace(services, catalog=Catalog({}))).test_client()
    cookie = student.get_cookie(COOKIE)
    assert cookie
    client.set_cookie(COOKIE, cookie.value)
    assert "No exercises have been published yet" in client.get("/exercises").text
