import re
from collections.abc import Callable
from dataclasses import replace

from flask.testing import FlaskClient

from grader.catalog.load import Catalog
from grader.web.app import create_app
from grader.web.auth import COOKIE
from grader.web.dependencies import WebServices
from tests.web.pages.conftest import Browser, send, set_aside


def line(page: str, slug: str = "step-network-forward") -> str:
    found = re.search(rf'<tr data-exercise="{slug}">.*?</tr>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_learners_and_submissions_are_counted(
    instructor: FlaskClient, student: FlaskClient, browser: Browser, grade_all: Callable[[], None]
) -> None:
    send(student)
    send(student)
    send(browser("binh@example.org"))
    page = instructor.get("/instructor").text
    assert line(page).endswith("2 learners 3 submissions 3 being graded")
    assert line(page, "and-gate").endswith("0 learners 0 submissions none yet")
    grade_all()
    assert line(instructor.get("/instructor").text).endswith("all graded")


def test_what_could_not_be_graded_comes_first(
    instructor: FlaskClient, student: FlaskClient, services: WebServices
) -> None:
    set_aside(services, send(student))
    send(student)
    assert line(instructor.get("/instructor").text).endswith("✗ 1 could not be graded")


def test_without_exercises_the_page_says_how_to_add_one(services: WebServices, instructor: FlaskClient) -> None:
    client = create_app(replace(services, catalog=Catalog({}))).test_client()
    cookie = instructor.get_cookie(COOKIE)
    assert cookie
    client.set_cookie(COOKIE, cookie.value)
    assert "grader exercises check" in client.get("/instructor").text
