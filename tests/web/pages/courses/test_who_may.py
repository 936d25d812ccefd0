"""Every page below a course or an assignment checks membership first."""

import re

import pytest
from flask.testing import FlaskClient

from grader.services.courses.courses import archive_course
from grader.web.auth import WHEN_ARCHIVED, Access
from grader.web.dependencies import WebServices
from grader.web.pages.routes import ROUTES, Route
from tests.fixtures.classroom import Assign, Classroom
from tests.web.pages.courses.conftest import BrowserOf

FOR_STUDENTS = {"course", "assignment", "send_assignment", "assignment_draft", "keep_assignment_draft"}
"""Views below a course that are not for staff alone; whatever is not listed here is refused to students."""

ROLES = {Access.MEMBER, Access.STAFF, Access.COURSE_INSTRUCTOR}
BELOW = [route for route in ROUTES if "<int:course_id>" in route.rule or "<int:assignment_id>" in route.rule]
FOR_STAFF = [route for route in BELOW if route.name not in FOR_STUDENTS]
FOR_INSTRUCTORS = [route for route in BELOW if route.access is Access.COURSE_INSTRUCTOR]
CHANGING = [route for route in BELOW if route.method != "GET" and f"pages.{route.name}" not in WHEN_ARCHIVED]


def name(route: Route) -> str:
    return f"{route.method} {route.rule}"


def address(route: Route, classroom: Classroom, assignment_id: int) -> str:
    named = route.rule.replace("<int:course_id>", str(classroom.course_id))
    named = named.replace("<int:assignment_id>", str(assignment_id))
    named = named.replace("<int:user_id>", str(classroom.students[0].id))
    return re.sub(r"<(?:\w+:)?\w+>", "1", named)


@pytest.mark.parametrize("route", BELOW, ids=name)
def test_each_says_who_in_the_course_it_is_for(route: Route) -> None:
    assert route.access in ROLES
    assert (route.access is Access.MEMBER) == (route.name in FOR_STUDENTS)


@pytest.mark.parametrize("route", BELOW, ids=name)
def test_to_a_stranger_it_is_as_good_as_not_there(
    route: Route, classroom: Classroom, assign: Assign, browser_of: BrowserOf
) -> None:
    stranger = browser_of(classroom.stranger)
    reply = stranger.open(address(route, classroom, assign()), method=route.method)
    assert reply.status_code == 404
    assert "or you are not a member of it" in reply.text


@pytest.mark.parametrize("route", FOR_STAFF, ids=name)
def test_a_student_is_refused_what_is_for_staff(
    route: Route, classroom: Classroom, assign: Assign, browser_of: BrowserOf
) -> None:
    student = browser_of(classroom.students[0])
    assert student.open(address(route, classroom, assign()), method=route.method).status_code == 403


@pytest.mark.parametrize("route", FOR_INSTRUCTORS, ids=name)
def test_an_assistant_is_refused_what_is_for_instructors(
    route: Route, classroom: Classroom, assign: Assign, browser_of: BrowserOf
) -> None:
    assistant = browser_of(classroom.assistant)
    assert assistant.open(address(route, classroom, assign()), method=route.method).status_code == 403


@pytest.mark.parametrize("route", CHANGING, ids=name)
def test_nothing_changes_in_an_archived_course(
    route: Route, classroom: Classroom, assign: Assign, browser_of: BrowserOf, services: WebServices
) -> None:
    assignment_id = assign()
    archive_course(services.sessions, classroom.as_instructor, services.clock())
    who = classroom.students[0] if route.name in FOR_STUDENTS else classroom.instructor
    reply = browser_of(who).open(address(route, classroom, assignment_id), method=route.method)
    assert reply.status_code == 403
    assert "This course is archived" in reply.text


def test_there_are_such_pages(client: FlaskClient) -> None:
    assert len(BELOW) > 10
    assert client.get("/courses/1").status_code == 303
