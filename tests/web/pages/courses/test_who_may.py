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


def test_who_is_refused_is_told_why(classroom: Classroom, browser_of: BrowserOf) -> None:
    """Who is refused what stands in tests/security/test_roles.py."""
    settings = f"/courses/{classroom.course_id}/settings"
    assert "or you are not a member of it" in browser_of(classroom.stranger).get(settings).text
    assert "Only instructors of the course can do this" in browser_of(classroom.assistant).get(settings).text
    people = browser_of(classroom.students[0]).get(f"/courses/{classroom.course_id}/people")
    assert "This page is for teachers of the course" in people.text


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
