"""Marks as files: what a spreadsheet, Moodle's and Canvas' imports read, and everything as JSON."""

import csv
import io
import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, literal, select, update

from grader.store.submission_tables import Failure, Grading, Submission
from grader.store.tables import Assignment, Enrolment, User
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.regrading import Exam, Office
from tests.web.pages.courses.conftest import BrowserOf
from tests.web.pages.test_workbook import read


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


def test_student_numbers_survive_a_spreadsheet_and_stay_plain_for_other_systems(
    teacher: FlaskClient, exam: Exam, classroom: Classroom
) -> None:
    with exam.sessions.begin() as session:
        numbered = update(Enrolment).where(Enrolment.user_id == classroom.students[0].id)
        session.execute(numbered.values(student_number="0012345"))
    address = f"/assignments/{exam.assignment_id}/export"
    assert table(teacher, f"{address}/csv")[1][2] == '="0012345"'
    assert table(teacher, f"{address}/moodle")[1][1] == "0012345"
    assert table(teacher, f"{address}/canvas")[2][2] == "0012345"


def test_a_workbook_has_numbers_as_numbers_and_student_numbers_as_text(
    teacher: FlaskClient, exam: Exam, classroom: Classroom
) -> None:
    with exam.sessions.begin() as session:
        numbered = update(Enrolment).where(Enrolment.user_id == classroom.students[0].id)
        session.execute(numbered.values(student_number="0012345"))
    for address in (f"/courses/{classroom.course_id}/export/xlsx", f"/assignments/{exam.assignment_id}/export/xlsx"):
        reply = teacher.get(address)
        assert reply.headers["Content-Disposition"].endswith(".xlsx")
        assert read(reply.data)[1][:4] == ["Sara", "sara@example.org", "0012345", 1.0]


def test_a_spreadsheet_may_have_decimal_commas_and_importers_never(teacher: FlaskClient, exam: Exam) -> None:
    address = f"/assignments/{exam.assignment_id}/export"
    text = teacher.get(f"{address}/csv?decimal=comma").text
    head, sara, _ = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert sara[head.index("percent")] == "2,85714"
    assert teacher.get(f"{address}/moodle?decimal=comma").text == teacher.get(f"{address}/moodle").text


def test_what_waits_is_told_apart_from_zero(teacher: FlaskClient, exam: Exam) -> None:
    with exam.sessions.begin() as session:
        session.execute(delete(Grading))
    address = f"/assignments/{exam.assignment_id}/export"
    head, sara, _ = table(teacher, f"{address}/csv")
    assert (sara[head.index("points")], sara[head.index("state")]) == ("", "waiting")
    assert table(teacher, f"{address}/moodle")[1][-1] == ""


def test_what_could_not_be_graded_is_told_apart_from_zero_and_from_nothing_sent(
    teacher: FlaskClient, exam: Exam, assign: Assign, classroom: Classroom
) -> None:
    other = assign()
    with exam.sessions.begin() as session:
        session.execute(delete(Grading))
        failed = select(Submission.id, literal(3), literal("broken"), func.now())
        session.execute(insert(Failure).from_select(["submission_id", "tries", "reason", "failed_at"], failed))
    rows = table(teacher, f"/courses/{classroom.course_id}/export/csv")
    assert other
    assert sorted(rows[1][3:]) == ["", "failed"]


def test_assignments_of_one_title_are_told_apart_and_said(
    teacher: FlaskClient, exam: Exam, classroom: Classroom, assign: Assign
) -> None:
    with exam.sessions.begin() as session:
        session.execute(update(Assignment).values(title="Final Score"))
    other = assign(title="Final Score")
    numbers = sorted((exam.assignment_id, other))
    course = f"/courses/{classroom.course_id}/export"
    assert sorted(table(teacher, f"{course}/canvas")[0][5:]) == [f"Final-Score [{number}]" for number in numbers]
    assert sorted(table(teacher, f"{course}/moodle")[0][3:]) == [f"Final Score [{number}]" for number in numbers]
    assert len(set(table(teacher, f"{course}/csv")[0])) == 5
    page = teacher.get(course).text
    assert "Canvas ignores columns whose names contain these words; another assignment has the same title" in page
    assert page.count("data-renamed") == 6


def test_two_assignments_cannot_be_one_in_canvas(teacher: FlaskClient, classroom: Classroom) -> None:
    reply = teacher.get(f"/courses/{classroom.course_id}/export/canvas?canvas.1=7&canvas.2=7")
    assert reply.status_code == 422
    assert "Assignment number 7 in Canvas is used by more than one assignment." in reply.text


def test_json_has_everything_and_no_secrets(teacher: FlaskClient, exam: Exam, classroom: Classroom) -> None:
    reply = teacher.get(f"/courses/{classroom.course_id}/export/json")
    said = json.loads(reply.text)
    assert (said["format"], said["version"]) == ("nn-grader/course", 1)
    assert {person["name"] for person in said["people"]} == {"Ines", "Aki", "Sara", "Sven"}
    assert [one["id"] for one in said["assignments"]] == [exam.assignment_id]
    assert len(said["submissions"]) == 3
    assert [len(one["gradings"]) for one in said["submissions"]] == [2, 2, 2]
    assert said["submissions"][0]["answers"]["net_h1"] == "0.379"
    assert said["submissions"][0]["gradings"][0]["report"]["fields"]["net_h1"]["verdict"] == "wrong"
    assert [one["state"] for one in said["regrades"]] == ["applied"]
    assert len(said["regrade_results"]) == 3
    assert {one["action"] for one in said["audit"]} >= {"regrade.proposed", "regrade.applied"}
    assert "join_code" not in said["course"]
    assert "password" not in reply.text


def test_what_is_no_kind_is_not_there(teacher: FlaskClient, exam: Exam) -> None:
    assert teacher.get(f"/assignments/{exam.assignment_id}/export/ods").status_code == 404


def test_the_page_leads_to_all_of_them(teacher: FlaskClient, classroom: Classroom) -> None:
    page = teacher.get(f"/courses/{classroom.course_id}/export").text
    for kind in ("xlsx", "csv", "moodle", "canvas", "json"):
        assert f"/courses/{classroom.course_id}/export/{kind}" in page


def test_assistants_get_marks_and_not_the_log(exam: Exam, classroom: Classroom, browser_of: BrowserOf) -> None:
    assistant, course = browser_of(classroom.assistant), f"/courses/{classroom.course_id}/export"
    assert assistant.get(f"{course}/csv").status_code == 200
    for place in (course, f"/assignments/{exam.assignment_id}/export"):
        assert assistant.get(f"{place}/json").status_code == 403
    assert "/json" not in assistant.get(course).text


def test_a_number_of_thousands_of_digits_is_none(teacher: FlaskClient, exam: Exam) -> None:
    assert table(teacher, f"/assignments/{exam.assignment_id}/export/canvas?canvas.{'9' * 5000}=1")
