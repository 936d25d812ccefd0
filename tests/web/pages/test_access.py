import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from grader.web.auth import Access
from grader.web.pages.routes import ROUTES, Route
from tests.web.pages.conftest import Browser, send

OPEN = {
    "asset",
    "choose_language",
    "sign_in",
    "check_sign_in",
    "open_link",
    "follow_link",
    "sign_out",
    "forgot",
    "ask_link",
    "leave",
    "come_back",
}
CLOSED = [route for route in ROUTES if route.access is not Access.ANYONE]
SHOWN = {route.rule for route in ROUTES if route.method == "GET"}
ADMINISTRATORS = [route for route in ROUTES if route.access is Access.ADMINISTRATOR]
INSTRUCTORS = [route for route in ROUTES if route.access in {Access.SITE_INSTRUCTOR, Access.COURSE_STAFF_ANYWHERE}]
WITH_ID = [route for route in ROUTES if "<uuid:submission_id>" in route.rule]


def address(route: Route, submission: object = None) -> str:
    rule = route.rule.replace("<slug>", "and-gate").replace("<uuid:submission_id>", str(submission or uuid4()))
    return re.sub(r"<(?:int:)?\w+>", "1", rule)


def name(route: Route) -> str:
    return f"{route.method} {route.rule}"


def test_only_these_pages_are_open_to_anyone() -> None:
    assert {route.name for route in ROUTES if route.access is Access.ANYONE} == OPEN


def test_pages_under_instructor_are_for_instructors_and_no_others() -> None:
    theirs = {route.rule for route in ROUTES if route.rule.startswith("/instructor")} | {"/courses/new"}
    assert {route.rule for route in INSTRUCTORS} == theirs


def test_without_signing_in_there_is_only_the_way_to_sign_in(client: FlaskClient) -> None:
    for route in CLOSED:
        page = address(route)
        reply = client.open(page, method=route.method)
        back = page if route.rule in SHOWN else "/"  # what only takes what is sent to it cannot be come back to
        assert (reply.status_code, reply.location) == (303, f"/sign-in?next={back}"), name(route)


def test_an_answer_sent_without_a_session_is_not_stored(client: FlaskClient, instructor: FlaskClient) -> None:
    assert client.post("/exercises/and-gate", data={"w0": "1"}).status_code == 401
    assert "No submissions yet" in instructor.get("/instructor/exercises/and-gate").text


def test_a_student_gets_no_page_of_the_instructors(student: FlaskClient) -> None:
    for route in INSTRUCTORS:
        reply = student.open(address(route), method=route.method)
        assert reply.status_code == 403, name(route)
        assert "This page is for instructors" in reply.text
        assert 'href="/submissions"' in reply.text  # the way on, in the menu


def test_pages_under_admin_are_for_administrators_and_no_others() -> None:
    assert {route.rule for route in ADMINISTRATORS} == {r.rule for r in ROUTES if r.rule.startswith("/admin")}


def test_nobody_else_gets_a_page_of_the_administrators(student: FlaskClient, instructor: FlaskClient) -> None:
    for route in ADMINISTRATORS:
        for client in (student, instructor):
            reply = client.open(address(route), method=route.method)
            assert reply.status_code == 403, name(route)
            assert "This page is for administrators" in reply.text


def test_an_instructor_gets_them_all(instructor: FlaskClient) -> None:
    for route in INSTRUCTORS:
        status = instructor.open(address(route), method=route.method).status_code
        assert status in ({200} if route.method == "GET" else {200, 422}), name(route)


@pytest.mark.parametrize("route", WITH_ID, ids=name)
def test_another_students_submission_is_as_good_as_not_there(
    student: FlaskClient, browser: Browser, route: Route
) -> None:
    theirs = send(browser("binh@example.org")).rpartition("/")[2]
    foreign, absent = student.get(address(route, theirs)), student.get(address(route))
    assert foreign.status_code == absent.status_code == 404
    assert "Submission not found" in foreign.text
    assert foreign.text.replace(theirs, "") == absent.text.replace(absent.request.path.rpartition("/")[2], "")


def test_another_students_answers_are_not_filled_in(student: FlaskClient, browser: Browser) -> None:
    theirs = send(browser("binh@example.org")).rpartition("/")[2]
    assert student.get(f"/exercises/step-network-forward?from={theirs}").status_code == 404


def test_an_instructor_sees_any_submission_and_whose_it_is(instructor: FlaskClient, student: FlaskClient) -> None:
    page = instructor.get(send(student)).text
    assert "an@example.org" in page
    assert "Try again" not in page


def test_a_page_that_is_not_there_says_so_readably(student: FlaskClient) -> None:
    for address in ("/nothing", "/exercises/nothing", "/submissions/nothing", "/submissions?exercise=nothing"):
        reply = student.get(address)
        assert (reply.status_code, reply.mimetype) == (404, "text/html"), address
        assert re.search(r"<h1>(Not|Exercise not) found", reply.text), address


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/submissions/01890000-0000-7000-8000-000000000000", 404, "submission"),
        ("/instructor", 403, "for instructors"),
        ("/courses/new", 403, "instructors"),
    ],
)
def test_what_is_not_for_a_student_says_so_under_the_menu(
    student: FlaskClient, address: str, status: int, words: str
) -> None:
    reply = student.get(address)
    assert reply.status_code == status
    assert words in reply.text.partition("<main")[2]
    assert "<nav" in reply.text
