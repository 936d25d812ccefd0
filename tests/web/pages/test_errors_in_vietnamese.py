"""Errors as a Vietnamese reader meets them: no word of English."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

VIETNAMESE = {"Accept-Language": "vi"}


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nowhere", 404, "Không tìm thấy"),
        ("GET", "/exercises/nothing", 404, "Không có bài tập này"),
        ("DELETE", "/exercises", 405, "Địa chỉ này không nhận phương thức đó"),
        ("GET", "/submissions/00000000-0000-4000-8000-000000000000", 404, "Không có bài nộp này"),
        ("GET", "/instructor", 403, "Trang này dành cho giảng viên."),
        ("GET", "/submissions?before=forged", 422, "Con trỏ này không do hệ thống cấp"),
    ],
)
def test_an_error_is_told_in_the_reader_s_language(
    student: FlaskClient, method: str, path: str, status: int, said: str
) -> None:
    reply = student.open(path, method=method, headers=VIETNAMESE)
    assert reply.status_code == status
    assert said in reply.text


def test_a_refused_sign_in_is_told_in_the_reader_s_language(client: FlaskClient) -> None:
    reply = client.post("/sign-in", data={"email": "a@b.vn", "password": "wrong"}, headers=VIETNAMESE)
    assert "Email hoặc mật khẩu không đúng." in reply.text


def test_a_body_that_is_too_large_is_refused_in_the_reader_s_language(student: FlaskClient) -> None:
    reply = student.post("/exercises/and-gate", data={"w0": "1" * (2 << 20)}, headers=VIETNAMESE)
    assert reply.status_code == 413
    assert "Yêu cầu quá lớn" in reply.text
    assert "Nội dung gửi lên lớn hơn 1048576 byte." in reply.text


def test_answers_that_are_no_form_are_refused_in_the_reader_s_language(student: FlaskClient) -> None:
    reply = student.post("/exercises/and-gate", json={"w0": "1"}, headers=VIETNAMESE)
    assert (reply.status_code, "Bài không được gửi đúng cách" in reply.text) == (415, True)


def test_a_database_that_is_away_is_told_in_the_reader_s_language(app_without_database: Flask) -> None:
    typed = {"email": "a@b.vn", "password": "wrong"}
    reply = app_without_database.test_client().post("/sign-in", data=typed, headers=VIETNAMESE)
    assert (reply.status_code, "Hiện không kết nối được với cơ sở dữ liệu." in reply.text) == (503, True)


def test_a_fault_of_ours_is_told_in_the_reader_s_language(fresh_app: Flask) -> None:
    fresh_app.view_functions["pages.sign_in"] = lambda: str(1 / 0)
    reply = fresh_app.test_client().get("/sign-in", headers=VIETNAMESE)
    assert (reply.status_code, "Đây là lỗi của hệ thống" in reply.text) == (500, True)
    assert "Sự cố đã được ghi lại với mã" in reply.text


def test_programs_are_told_in_english(client: FlaskClient) -> None:
    assert client.get("/api/v1/exercises", headers=VIETNAMESE).get_json()["title"] == "Token required"
