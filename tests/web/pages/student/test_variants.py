"""Given values of a student's own, on the pages, and the worked solution with them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from grader import vocabulary
from grader.catalog.load import Catalog, LoadedExercise, load_revision
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.variants import variant_for
from grader.store import accounts
from grader.web.app import create_app
from grader.web.auth import COOKIE
from grader.web.dependencies import WebServices
from tests.fixtures.varied import SLUG, right_with
from tests.web.pages.conftest import Browser, send, verdicts

PAGE = f"/exercises/{SLUG}"


@pytest.fixture
def catalog(varied_catalog: Catalog) -> Catalog:
    return varied_catalog


def test_the_table_and_the_statement_show_the_students_own_values(
    student: FlaskClient, services: WebServices, varied: LoadedExercise
) -> None:
    page = student.get(PAGE).text
    own = own_of(services, varied)
    assert "Drawn for you" in page
    assert given(page, "x1") == f"{own['x1']:g}"
    assert "{{" not in page
    statement = re.search(r'<section class="card statement".*?</section>', page, re.DOTALL)
    assert statement
    assert f"<mn>{own['x1']:g}</mn>" in statement[0]


def test_two_students_see_different_values_and_each_the_same_again(browser: Browser) -> None:
    first, second = browser("an@example.org"), browser("binh@example.org")
    seen = [table(client.get(PAGE).text) for client in (first, second, first)]
    assert seen[0] == seen[2] != seen[1]


def test_a_submission_is_judged_by_the_students_own_values_and_shows_them(
    student: FlaskClient, services: WebServices, varied: LoadedExercise, grade_all: Callable[[], None]
) -> None:
    before = table(student.get(PAGE).text)
    submission = send(student, SLUG, right(varied, own_of(services, varied)))
    grade_all()
    page = student.get(submission).text
    assert set(verdicts(page).values()) == {"correct"}
    assert table(page) == before


def test_unreadable_input_shows_the_same_values_again(student: FlaskClient) -> None:
    before = table(student.get(PAGE).text)
    reply = student.post(PAGE, data={"net_o1": "one"})
    assert (reply.status_code, table(reply.text)) == (422, before)


def test_the_page_says_that_values_had_to_be_drawn_anew(
    student: FlaskClient, services: WebServices, varied: LoadedExercise
) -> None:
    assert "data-redrawn" not in student.get(PAGE).text
    source = {"exercise.toml": varied.source["exercise.toml"].replace("x2", "z2")}
    renamed = replace(load_revision(SLUG, source), statements={"en": "Anew: {{ z2 }}."})
    revised = create_app(replace(services, catalog=Catalog({SLUG: renamed}))).test_client()
    cookie = student.get_cookie(COOKIE)
    assert cookie is not None
    revised.set_cookie(COOKIE, cookie.value)
    page = revised.get(PAGE).text
    assert "data-redrawn" in page
    assert f"Anew: {given(page, 'z2')}." in page


def test_a_student_sees_the_worked_solution_once_there_are_full_marks(
    student: FlaskClient, services: WebServices, varied: LoadedExercise, grade_all: Callable[[], None]
) -> None:
    own = own_of(services, varied)
    answers = right(varied, own)
    wrong = send(student, SLUG, answers | {"net_o1": "9"})
    grade_all()
    assert steps(student.get(wrong).text) == []
    complete = send(student, SLUG, answers)
    assert steps(student.get(complete).text) == []
    grade_all()
    for submission in (complete, wrong):
        page = student.get(submission).text
        assert steps(page)[:2] == ["net_o1", "out_o1"]
        assert f"<mn>{own['b1']:g}</mn>" in page


def test_a_neighbours_full_marks_open_no_solution(
    browser: Browser, services: WebServices, varied: LoadedExercise, grade_all: Callable[[], None]
) -> None:
    binh = browser("binh@example.org")
    submission = send(binh, SLUG, {"net_o1": "9"})
    send(browser("an@example.org"), SLUG, right(varied, own_of(services, varied)))
    grade_all()
    assert steps(binh.get(submission).text) == []


def test_an_instructor_sees_the_worked_solution_with_the_learners_values(
    student: FlaskClient, instructor: FlaskClient, services: WebServices, varied: LoadedExercise
) -> None:
    submission = send(student, SLUG, {"net_o1": "9"})
    page = instructor.get(submission).text
    assert steps(page) == ["net_o1", "out_o1", "dE_dout_o1", "dout_dnet_o1", "delta_o1", "dnet_dw1", "dE_dw1", "w1_new"]
    assert "Drawn for this learner" in page
    value = right(varied, own_of(services, varied))["out_o1"]
    assert f"<mn>{float(value):.9g}</mn>" in page


def own_of(services: WebServices, published: LoadedExercise, email: str = "an@example.org") -> Mapping[str, float]:
    """What a student's page shows, from the same place."""
    with services.sessions.begin() as session:
        learner = LearnerKey(accounts.ensure_client(session, vocabulary.WEB_CLIENT), email)
    secret = services.settings.secret_key.get_secret_value()
    own = variant_for(services.sessions, published, learner, secret, services.clock())
    assert own is not None
    return own.givens


def right(published: LoadedExercise, values: Mapping[str, float]) -> dict[str, str]:
    return {name: entry.text for name, entry in right_with(published, values).items()}


def table(page: str) -> str:
    found = re.search(r'<table class="givens".*?</table>', page, re.DOTALL)
    assert found
    return found[0]


def given(page: str, name: str) -> str:
    found = re.search(rf'<span class="hidden">{name}</span>.*?</th><td>([^<]*)</td>', table(page), re.DOTALL)
    assert found, table(page)
    return found[1].replace("\N{MINUS SIGN}", "-")


def steps(page: str) -> list[str]:
    return re.findall(r'data-step="(\w+)"', page)
