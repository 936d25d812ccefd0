import csv
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.services.assignments.assignments import find_assignment
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Classroom
from tests.fixtures.regrading import SLUG, Exam
from tests.web.pages.courses.conftest import BrowserOf

pytestmark = pytest.mark.long


@pytest.fixture
def teacher(gone: Exam, classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    assert gone.assignment_id
    return browser_of(classroom.instructor)


@pytest.fixture
def sara(gone: Exam, classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    assert gone.assignment_id
    return browser_of(classroom.students[0])


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_students_mark_stays_what_it_was(sara: FlaskClient, classroom: Classroom) -> None:
    for page in ("/", f"/courses/{classroom.course_id}"):
        reply = sara.get(page)
        assert reply.status_code == 200
        assert "1 of 35" in words(reply.text)
    (mark,) = json.loads(sara.get("/account/data").text)["marks"]
    assert (mark["points"], mark["of"]) == (1, 35)


def test_files_have_it_too(teacher: FlaskClient, gone: Exam) -> None:
    text = teacher.get(f"/assignments/{gone.assignment_id}/export/csv").text.removeprefix("\ufeff")
    assert [row[3:5] for row in csv.reader(text.splitlines())][1:] == [["1", "35"], ["1", "35"]]


def test_the_grid_leaves_no_assignment_out(teacher: FlaskClient, gone: Exam, classroom: Classroom) -> None:
    page = teacher.get(f"/courses/{classroom.course_id}/grid")
    assert page.status_code == 200
    assert f"/assignments/{gone.assignment_id}/students/{classroom.students[0].id}" in page.text


def test_programs_are_told_the_mark(
    client: FlaskClient, services: WebServices, gone: Exam, classroom: Classroom
) -> None:
    request = TokenRequest("all", "web", tuple(Scope), timedelta(hours=1))
    head = {"Authorization": f"Bearer {create_token(services.sessions, request, services.clock()).plain}"}
    assert classroom.web
    reply: Any = client.get(f"/api/v1/assignments/{gone.assignment_id}/marks", headers=head)
    assert [(one["points"], one["of"]) for one in reply.json["items"]] == [(1, 35), (1, 35)]


@pytest.mark.parametrize("page", ["", "/dashboard", "/regrades", "/submissions"])
def test_what_needs_the_exercise_says_that_it_is_missing(teacher: FlaskClient, gone: Exam, page: str) -> None:
    reply = teacher.get(f"/assignments/{gone.assignment_id}{page}")
    assert reply.status_code == 404
    assert SLUG in words(reply.text)


@pytest.mark.parametrize("page", ["/edit", "/allowances"])
def test_what_does_not_need_it_goes_on(teacher: FlaskClient, gone: Exam, page: str) -> None:
    assert teacher.get(f"/assignments/{gone.assignment_id}{page}").status_code == 200


def test_the_course_and_reports_go_on(teacher: FlaskClient, sara: FlaskClient, classroom: Classroom) -> None:
    for page in ("", "/people", "/audit", "/export", "/settings", "/assignments/new"):
        assert teacher.get(f"/courses/{classroom.course_id}{page}").status_code == 200
    history = sara.get("/submissions")
    assert history.status_code == 200
    report = re.search(r"/submissions/[0-9a-f-]{36}", history.text)
    assert report
    assert sara.get(report[0]).status_code == 200


def test_everything_but_the_exercise_can_be_changed(teacher: FlaskClient, gone: Exam, services: WebServices) -> None:
    form = {"title": "Kept", "due": "2030-01-01T12:00", "late": "no", "counting": "best", "variants": "on"}
    form |= {"marks": "at-once", "mistakes": "at-once", "solution": "after-due", "slug": SLUG}
    reply = teacher.post(f"/assignments/{gone.assignment_id}/edit", data=form)
    assert reply.status_code == 303, words(reply.text)
    with services.sessions() as session:
        kept = find_assignment(session, gone.assignment_id)
    assert (kept.title, kept.slug) == ("Kept", SLUG)
