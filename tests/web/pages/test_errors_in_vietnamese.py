"""Errors as a Vietnamese reader meets them: no word of English."""

import pytest
from flask.testing import FlaskClient

VIETNAMESE = {"Accept-Language": "vi"}


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nowhere", 404, "Không có gì ở địa chỉ này."),
        ("GET", "/exercises/nothing", 404, "Không có bài tập này"),
        ("DELETE", "/exercises", 405, "Địa chỉ này không nhận phương thức đó."),
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
    assert "Email và mật khẩu không khớp." in reply.text


def test_programs_are_told_in_english(client: FlaskClient) -> None:
    assert client.get("/api/v1/exercises", headers=VIETNAMESE).get_json()["title"] == "A token is needed"
