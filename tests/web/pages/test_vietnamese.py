"""The whole site, read in each language: nothing is said in the other one."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.web.wiring import WebServices
from tests.web.pages.conftest import STEP, send, set_aside
from tests.web.pages.reading import english_in, pages

Grade = Callable[[], None]

WEIGHTS = {"w0": "-0.5", "w1": "1", "w2": "1"}
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


@pytest.fixture
def lived_in(services: WebServices, student: FlaskClient, instructor: FlaskClient, grade_all: Grade) -> None:
    """A site on which something of everything has happened."""
    for slug, answers in (
        ("step-network-forward", STEP | {"v3": "2.7", "v5": ""}),
        ("and-gate", WEIGHTS),
        ("backprop-2-2-2", {"net_h1": "0.3775", "out_h1": "0.4"}),
        ("delta-rule", {"dE_dout_o1": "out_o1 + 1"}),
    ):
        send(student, slug, answers)
    grade_all()
    set_aside(services, send(student, "and-gate", WEIGHTS))
    send(student, "and-gate", WEIGHTS)
    send(instructor, "and-gate", WEIGHTS)


@pytest.mark.usefixtures("lived_in")
@pytest.mark.parametrize("who", ["client", "student", "instructor"])
def test_a_reader_of_vietnamese_meets_no_english(app: Flask, who: str, request: pytest.FixtureRequest) -> None:
    reader: FlaskClient = request.getfixturevalue(who)
    found = {page.address: english_in(page) for _, page in pages(app, reader, "vi")}
    assert {address: said for address, said in found.items() if said} == {}
    assert len(found) > (0 if who == "client" else 5)


@pytest.mark.usefixtures("lived_in")
@pytest.mark.parametrize("who", ["client", "student", "instructor"])
def test_a_reader_of_english_meets_no_vietnamese(app: Flask, who: str, request: pytest.FixtureRequest) -> None:
    reader: FlaskClient = request.getfixturevalue(who)
    for _, page in pages(app, reader, "en"):
        assert [said for said in page.said if VIETNAMESE.search(said)] == [], page.address


def test_english_would_be_found(app: Flask, student: FlaskClient) -> None:
    found = [said for _, page in pages(app, student, "en") for said in english_in(page)]
    assert "My submissions" in found
