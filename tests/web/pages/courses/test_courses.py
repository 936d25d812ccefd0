import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from grader.services.courses.courses import LETTERS, join_course
from grader.store.submission_tables import AuditEntry
from grader.store.tables import Course
from grader.vocabulary import Role
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.web.pages.conftest import Browser
from tests.web.pages.courses.conftest import BrowserOf

CODE = re.compile(rf'<p class="code" data-code>([{LETTERS}]{{4}}-[{LETTERS}]{{4}})</p>')


def make(instructor: FlaskClient, title: str = "Deep Learning", zone: str = "Asia/Ho_Chi_Minh") -> str:
    reply = instructor.post("/courses/new", data={"title": title, "time_zone": zone})
    assert reply.status_code == 303, reply.text
    return reply.location


def code_of(instructor: FlaskClient, course: str) -> str:
    found = CODE.search(instructor.get(f"{course}/settings").text)
    assert found
    return found[1]


def actions(services: WebServices) -> list[str]:
    with services.sessions() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_an_instructor_makes_a_course_and_is_in_it(instructor: FlaskClient, services: WebServices) -> None:
    course = make(instructor)
    assert "No assignment yet" in instructor.get(course).text
    assert "Deep Learning" in instructor.get("/courses").text
    assert actions(services) == ["course.created", "member.added"]


def test_a_student_makes_none(student: FlaskClient) -> None:
    assert student.get("/courses/new").status_code == 403
    assert student.post("/courses/new", data={"title": "Mine", "time_zone": "UTC"}).status_code == 403


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"title": " ", "time_zone": "UTC"}, "This field is required."),
        ({"title": "x" * 201, "time_zone": "UTC"}, "Enter at most 200 characters; there are 201."),
        ({"title": "a\0b", "time_zone": "UTC"}, "characters that cannot be displayed"),
        ({"title": "Fine", "time_zone": "Mars/Olympus"}, "Choose one of the options."),
        ({}, "This field is required."),
    ],
)
def test_what_cannot_be_a_course_is_said_and_what_was_typed_stays(
    instructor: FlaskClient, form: dict[str, str], said: str
) -> None:
    reply = instructor.post("/courses/new", data=form)
    assert reply.status_code == 422
    assert said in reply.text
    assert form.get("title", "").strip("\0 ")[:1] in reply.text


def test_a_course_is_joined_by_its_code_however_it_is_typed(
    instructor: FlaskClient, student: FlaskClient, services: WebServices
) -> None:
    course = make(instructor)
    code = code_of(instructor, course)
    assert student.get(course).status_code == 404
    reply = student.post("/courses/join", data={"code": f" {code.lower().replace('-', ' ')} "})
    assert (reply.status_code, reply.location) == (303, course)
    assert "No assignments yet" in student.get(course).text
    assert student.post("/courses/join", data={"code": code}).location == course
    assert actions(services).count("member.added") == 2


def test_who_teaches_a_course_stays_what_he_is_when_he_joins_it(instructor: FlaskClient) -> None:
    course = make(instructor)
    instructor.post("/courses/join", data={"code": code_of(instructor, course)})
    assert instructor.get(f"{course}/settings").status_code == 200


def test_a_code_that_no_course_has_is_said(student: FlaskClient) -> None:
    for code in ("ABCD-EFGH", "", "x" * 50, "\0", "\N{FULLWIDTH LATIN CAPITAL LETTER A}"):
        reply = student.post("/courses/join", data={"code": code})
        assert reply.status_code == 404
        assert "This course code is not valid" in reply.text


def test_who_guesses_codes_is_stopped_even_with_a_right_one(instructor: FlaskClient, student: FlaskClient) -> None:
    code = code_of(instructor, make(instructor))
    assert {student.post("/courses/join", data={"code": f"ABCD-EFG{i}"}).status_code for i in range(10)} == {404}
    reply = student.post("/courses/join", data={"code": code})
    assert reply.status_code == 429
    assert "Too many unknown codes" in reply.text
    assert int(reply.headers["Retry-After"]) > 0


def test_one_persons_guessing_stops_no_other(instructor: FlaskClient, student: FlaskClient, browser: Browser) -> None:
    course = make(instructor)
    for number in range(11):
        student.post("/courses/join", data={"code": f"ABCD-EFG{number}"})
    assert (
        browser("binh@example.org").post("/courses/join", data={"code": code_of(instructor, course)}).location == course
    )


def test_after_another_code_is_made_the_former_opens_nothing(instructor: FlaskClient, student: FlaskClient) -> None:
    course = make(instructor)
    former = code_of(instructor, course)
    instructor.post(f"{course}/code")
    assert code_of(instructor, course) != former
    assert student.post("/courses/join", data={"code": former}).status_code == 404


def test_joining_can_be_switched_off(instructor: FlaskClient, student: FlaskClient) -> None:
    course = make(instructor)
    code = code_of(instructor, course)
    instructor.post(f"{course}/code/off")
    assert "Disabled. New members" in instructor.get(f"{course}/settings").text
    assert student.post("/courses/join", data={"code": code}).status_code == 404


def test_title_and_time_zone_change(instructor: FlaskClient, services: WebServices) -> None:
    course = make(instructor)
    instructor.post(f"{course}/settings", data={"title": "Deeper Learning", "time_zone": "Europe/Berlin"})
    with services.sessions() as session:
        kept = session.scalars(select(Course)).one()
    assert (kept.title, kept.time_zone) == ("Deeper Learning", "Europe/Berlin")
    bad = instructor.post(f"{course}/settings", data={"title": "", "time_zone": "Europe/Berlin"})
    assert (bad.status_code, "Nothing was saved" in bad.text) == (422, True)


def test_an_archived_course_is_shown_apart_and_comes_back(
    instructor: FlaskClient, student: FlaskClient, services: WebServices
) -> None:
    course = make(instructor)
    code = code_of(instructor, course)
    assert instructor.post(f"{course}/archive").status_code == 303
    assert "Archived" in instructor.get("/courses").text
    assert "This course is archived" in instructor.get(course).text
    refused = student.post("/courses/join", data={"code": code})
    assert (refused.status_code, "can no longer be joined" in refused.text) == (403, True)
    instructor.post(f"{course}/restore")
    assert student.post("/courses/join", data={"code": code}).status_code == 303
    assert actions(services)[2:4] == ["course.archived", "course.restored"]


def test_an_administrator_sees_everybodys_courses(instructor: FlaskClient, browser: Browser) -> None:
    course = make(instructor)
    administrator = browser("root@example.org", Role.ADMINISTRATOR)
    assert "not a member" in administrator.get("/courses").text
    assert administrator.get(f"{course}/settings").status_code == 200


def test_a_student_sees_the_assignments(
    classroom: Classroom, assign: Assign, browser_of: BrowserOf, services: WebServices
) -> None:
    assign(title="Forward once", due_at=services.clock() + timedelta(days=3))
    page = browser_of(classroom.students[0]).get(f"/courses/{classroom.course_id}").text
    assert "Forward once" in page
    assert "New assignment" not in page


def test_a_code_is_joined_by_two_at_once_without_harm(classroom: Classroom, services: WebServices) -> None:
    with services.sessions.begin() as session:
        session.get_one(Course, classroom.course_id).join_code = "ABCDEFGH"
    for _ in range(2):
        assert join_course(services.sessions, classroom.stranger, "abcd-efgh", services.clock()) == classroom.course_id
