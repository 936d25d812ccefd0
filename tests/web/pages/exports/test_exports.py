"""Marks as files: what a spreadsheet, Moodle's and Canvas' imports read, and everything as JSON."""

import csv
import io
import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from grader.store.enrolments import Enrolment
from grader.store.users import User
from tests.fixtures.classroom import Classroom
from tests.fixtures.regrading import Exam, Office
from tests.web.pages.courses.conftest import BrowserOf


@pytest.fixture
def teacher(office: Office, classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    """Signed in; a regrade was applied, so that both students have a mark of 1 of 35."""
    with office.exam.sessions.begin() as session:
        numbered = update(Enrolment).where(Enrolment.user_id == classroom.students[0].id)
        session.execute(numbered.values(student_number="s-1"))
    office.applied()
    return browser_of(classroom.instructor)


def table(client: FlaskClient, address: str) -> list[list[str]]:
    reply = client.get(address)
    assert reply.status_code == 200
    assert reply.mimetype == "text/csv"
    assert reply.headers["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.reader(io.StringIO(reply.text.removeprefix("\ufeff"))))


def test_a_spreadsheet_gets_all_that_made_the_mark(teacher: FlaskClient, exam: Exam) -> None:
    address = f"/assignments/{exam.assignment_id}/export/csv"
    assert teacher.get(address).data.startswith(b"\xef\xbb\xbf")
    head, sara, sven = table(teacher, address)
    assert head[:6] == ["name", "email", "student_number", "points", "of", "percent"]
    assert sara[:5] == ["Sara", "sara@example.org", "s-1", "1", "35"]
    assert sven[2:5] == ["", "1", "35"]
    assert sara[head.index("attempts")] == "2"
    assert sara[head.index("set_by_hand")] == "no"


def test_a_course_has_a_column_for_each_assignment(teacher: FlaskClient, office: Office, classroom: Classroom) -> None:
    assert office.exam.assignment_id
    rows = table(teacher, f"/courses/{classroom.course_id}/export/csv")
    assert len(rows) == 3
    assert rows[1][:2] == ["Sara", "sara@example.org"]


def test_moodle_is_told_who_by_e_mail_and_number(teacher: FlaskClient, office: Office, classroom: Classroom) -> None:
    address = f"/courses/{classroom.course_id}/export/moodle"
    title = office.assignment().title
    assert not teacher.get(address).data.startswith(b"\xef\xbb\xbf")
    assert table(teacher, address) == [
        ["Email address", "ID number", "Full name", title],
        ["sara@example.org", "s-1", "Sara", "1"],
        ["sven@example.org", "", "Sven", "1"],
    ]


def test_canvas_gets_its_columns_and_the_row_of_points(teacher: FlaskClient, office: Office) -> None:
    one = office.exam.assignment_id
    rows = table(teacher, f"/assignments/{one}/export/canvas?canvas.{one}=4314282&canvas.x=7&canvas.9=y")
    title = office.assignment().title
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"{title} (4314282)"],
        ["    Points Possible", "", "", "", "", "35"],
        ["Sara", "", "s-1", "sara@example.org", "", "1"],
        ["Sven", "", "", "sven@example.org", "", "1"],
    ]


def test_without_canvas_own_number_the_title_stands_alone(teacher: FlaskClient, office: Office) -> None:
    rows = table(teacher, f"/assignments/{office.exam.assignment_id}/export/canvas")
    assert rows[0][-1] == office.assignment().title


def test_no_cell_becomes_a_formula(teacher: FlaskClient, exam: Exam, classroom: Classroom) -> None:
    with exam.sessions.begin() as session:
        session.execute(update(User).where(User.id == classroom.students[0].id).values(name="=1+1"))
    for kind in ("csv", "moodle", "canvas"):
        rows = table(teacher, f"/assignments/{exam.assignment_id}/export/{kind}")
        assert any("'=1+1" in row for row in rows)
        assert not any("=1+1" in row for row in rows)


def test_json_has_everything_and_no_secrets(teacher: FlaskClient, exam: Exam, classroom: Classroom) -> None:
    reply = teacher.get(f"/courses/{classroom.course_id}/export/json")
    said = json.loads(reply.text)
    assert (said["format"], said["version"]) == ("nn-grader/course", 1)
    assert {person["name"] for person in said["people"]} == {"Ines", "Aki", "Sara", "Sven"}
    assert [one["id"] for one in said["assignments"]] == [exam.assignment_id]
    assert len(said["submissions"]) == 3
    assert [len(one["gradings"]) for one in said["submissions"]] == [2, 2, 2]
    assert said["submissions"][0]["answers"]["net_h1"] == "0.38"
    assert said["submissions"][0]["gradings"][0]["report"]["fields"]["net_h1"]["verdict"] == "wrong"
    assert [one["state"] for one in said["regrades"]] == ["applied"]
    assert len(said["regrade_results"]) == 3
    assert {one["action"] for one in said["audit"]} >= {"regrade.proposed", "regrade.applied"}
    assert "join_code" not in said["course"]
    assert "password" not in reply.text


def test_what_is_no_kind_is_not_there(teacher: FlaskClient, exam: Exam) -> None:
    assert teacher.get(f"/assignments/{exam.assignment_id}/export/xlsx").status_code == 404


def test_the_page_leads_to_all_of_them(teacher: FlaskClient, classroom: Classroom) -> None:
    page = teacher.get(f"/courses/{classroom.course_id}/export").text
    for kind in ("csv", "moodle", "canvas", "json"):
        assert f"/courses/{classroom.course_id}/export/{kind}" in page


def test_assistants_get_marks_and_not_the_log(exam: Exam, classroom: Classroom, browser_of: BrowserOf) -> None:
    assistant, course = browser_of(classroom.assistant), f"/courses/{classroom.course_id}/export"
    assert assistant.get(f"{course}/csv").status_code == 200
    for place in (course, f"/assignments/{exam.assignment_id}/export"):
        assert assistant.get(f"{place}/json").status_code == 403
    assert "/json" not in assistant.get(course).text


def test_a_number_of_thousands_of_digits_is_none(teacher: FlaskClient, exam: Exam) -> None:
    assert table(teacher, f"/assignments/{exam.assignment_id}/export/canvas?canvas.{'9' * 5000}=1")
