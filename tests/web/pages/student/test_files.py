import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

WEIGHTS = Path(__file__).parents[3] / "fixtures" / "weights"
PAGE = "/exercises/dense-two-moons"


def choose(student: FlaskClient, content: bytes, name: str = "moons.pt", page: str = PAGE, **typed: str) -> str:
    reply = student.post(page, data={**typed, "weights": (io.BytesIO(content), name)})
    assert reply.status_code == 303, reply.text
    return reply.location


def test_a_part_that_takes_a_file_has_a_place_for_one(student: FlaskClient) -> None:
    page = student.get(PAGE).text
    assert 'enctype="multipart/form-data"' in page
    assert 'name="weights" type="file"' in page
    assert "Weights file" in page


def test_a_part_of_fields_alone_has_none(student: FlaskClient) -> None:
    page = student.get("/exercises/and-gate").text
    assert "enctype" not in page
    assert 'type="file"' not in page


def test_weights_may_be_typed_or_chosen(student: FlaskClient) -> None:
    page = student.get("/exercises/backprop-2-2-2-train").text
    assert 'name="w8"' in page
    assert "Or a weights file" in page


@pytest.mark.process
def test_a_chosen_file_is_graded_and_shown_by_its_name(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    address = choose(student, (WEIGHTS / "moons.npz").read_bytes(), "my moons.npz")
    grade_all()
    page = student.get(address).text
    assert "my moons.npz" in page
    assert "Everything is correct" in page


@pytest.mark.process
def test_weights_from_a_file_stand_in_the_report(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    address = choose(student, (WEIGHTS / "lecture.pt").read_bytes(), page="/exercises/backprop-2-2-2-train")
    grade_all()
    page = student.get(address).text
    assert "Everything is correct" in page
    assert "\N{MINUS SIGN}3.89298" in page  # w5 after ten thousand steps


@pytest.mark.process
def test_what_a_file_lacks_is_said(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    address = choose(student, (WEIGHTS / "moons-whole-model.pt").read_bytes())
    grade_all()
    page = student.get(address).text
    assert 'data-status="unusable"' in page
    assert "File cannot be used" in page
    assert "Save model.state_dict(), not the model." in page
    assert "no attempt was used" in page
    assert "Start a new attempt from these answers" in page


@pytest.mark.process
def test_what_a_file_lacks_is_said_in_vietnamese_too(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    address = choose(student, (WEIGHTS / "lecture.pt").read_bytes())
    grade_all()
    page = student.get(address, headers={"Accept-Language": "vi"}).text
    assert "Không dùng được tệp này" in page
    assert "0.weight" in page


def test_what_is_no_file_of_weights_is_said_beside_its_place(student: FlaskClient) -> None:
    reply = student.post(PAGE, data={"weights": (io.BytesIO(b"GIF89a"), "moons.gif")})
    assert reply.status_code == 422
    assert "This file format is not supported" in reply.text


def test_nothing_chosen_is_missing_and_not_unreadable(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    address = choose(student, b"", "")
    grade_all()
    assert "No file was uploaded." in student.get(address).text


def test_a_file_that_is_too_large_has_a_page_of_its_own(student: FlaskClient) -> None:
    boundary, body = encode_multipart({"weights": FileStorage(io.BytesIO(bytes(18 << 20)), "moons.pt")})
    reply = student.post(PAGE, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert reply.status_code == 413
    assert "larger" in reply.text
