"""The whole site, read in each language: nothing is said in the other one."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.registration import Person
from grader.web.dependencies import WebServices
from grader.web.pages.routes import ROUTES
from tests.fixtures.signed_in import sign_in
from tests.fixtures.small_course import ADMINISTRATOR, CLASSMATES, INSTRUCTOR, STUDENT, SmallCourse, fill
from tests.web.pages.conftest import STEP, send, set_aside
from tests.web.pages.reading import english_in, pages

pytestmark = pytest.mark.long

SignIn = Callable[[Person | None], FlaskClient]


VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
READERS = [None, STUDENT, CLASSMATES[-1], INSTRUCTOR, ADMINISTRATOR]
RULES = [route.rule for route in ROUTES if route.method == "GET"]


@pytest.fixture
def browser_of(app: Flask, services: WebServices) -> SignIn:
    def browser(person: Person | None) -> FlaskClient:
        return app.test_client() if person is None else sign_in(app, services, person.email)

    return browser


@pytest.fixture
def addresses(services: WebServices, browser_of: SignIn) -> list[str]:
    """Where to begin: every page of the table, on a site on which something of everything has happened."""
    course: SmallCourse = fill(services.sessions)
    student = browser_of(STUDENT)
    failed = send(student, "step-network-forward", STEP)
    set_aside(services, failed)
    waiting = send(student, "delta-rule", {"dE_dout_o1": "out_o1 + 1"})
    return [*(course.address(rule) for rule in RULES), failed, waiting]


def test_a_reader_of_vietnamese_meets_no_english(app: Flask, browser_of: SignIn, addresses: list[str]) -> None:
    for reader in READERS:
        found = {page.address: english_in(page) for page in pages(app, browser_of(reader), addresses, "vi")}
        assert {address: said for address, said in found.items() if said} == {}, reader


def test_a_reader_of_english_meets_no_vietnamese(app: Flask, browser_of: SignIn, addresses: list[str]) -> None:
    for reader in READERS:
        for page in pages(app, browser_of(reader), addresses, "en"):
            assert [text for text in page.said if VIETNAMESE.search(text)] == [], page.address


def test_english_would_be_found(app: Flask, browser_of: SignIn, addresses: list[str]) -> None:
    found = [said for page in pages(app, browser_of(STUDENT), addresses, "en") for said in english_in(page)]
    assert "My submissions" in found
