"""What authors and the judging say, on the pages of a reader of Vietnamese."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.signed_in import sign_in
from tests.web.pages.conftest import STEP, send

VIETNAMESE = {"Accept-Language": "vi"}


def test_titles_of_exercises_and_parts_are_in_the_readers_language(student: FlaskClient) -> None:
    assert "Lượt truyền xuôi của mạng hai lớp dùng hàm bước" in student.get("/exercises", headers=VIETNAMESE).text
    page = student.get("/exercises/step-network-forward", headers=VIETNAMESE).text
    assert "Lớp ẩn" in page
    assert "Hidden layer" not in page


def test_a_report_is_read_in_the_readers_language_whatever_it_was_judged_in(
    student: FlaskClient, grade_all: Callable[[], None]
) -> None:
    submission = send(student, "and-gate", {"w0": "-0.5", "w1": "1", "w2": "1"})
    grade_all()
    assert "2 of 4 rows are wrong: (0, 1) gives" in student.get(submission).text
    page = student.get(submission, headers=VIETNAMESE).text
    assert "2 trên 4 dòng chưa đúng: (0; 1) cho" in page
    assert "<title>Trọng số cho cổng AND" in page


def test_what_cannot_be_read_is_said_in_the_readers_language(student: FlaskClient) -> None:
    page = student.post("/exercises/step-network-forward", data={**STEP, "v3": "two"}, headers=VIETNAMESE).text
    assert "Không đọc được từ “two”" in page


def test_a_list_of_submissions_names_exercises_in_the_readers_language(student: FlaskClient) -> None:
    send(student)
    assert "Lượt truyền xuôi của mạng hai lớp" in student.get("/submissions", headers=VIETNAMESE).text


def test_an_assignment_that_is_called_as_its_exercise_is_called_so_in_the_readers_language(
    app: Flask, classroom: Classroom, assign: Assign, services: WebServices
) -> None:
    assign(title="Homework 1")
    assign("and-gate")
    reader = sign_in(app, services, classroom.students[0].email)
    page = reader.get(f"/courses/{classroom.course_id}", headers=VIETNAMESE).text
    assert "Homework 1" in page
    assert "Trọng số cho cổng AND" in page
