from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.tokens import create_sign_in_link
from grader.web.dependencies import WebServices
from grader.web.pages.layout import page_address

SIGN_IN = "/sign-in"


def spoken(page: str) -> str:
    return page.split('<html lang="')[1][:2]


def test_the_browser_s_preference_is_followed(client: FlaskClient) -> None:
    assert spoken(client.get(SIGN_IN, headers={"Accept-Language": "vi-VN,vi;q=0.9,en;q=0.5"}).text) == "vi"
    assert spoken(client.get(SIGN_IN, headers={"Accept-Language": "fr,de;q=0.9"}).text) == "en"
    assert spoken(client.get(SIGN_IN).text) == "en"


def test_what_the_reader_chooses_goes_before_the_browser_s_preference(client: FlaskClient) -> None:
    reply = client.post("/language", data={"language": "vi", "page": "/sign-in?next=/exercises"})
    assert (reply.status_code, reply.location) == (303, "/sign-in?next=/exercises")
    assert spoken(client.get(SIGN_IN, headers={"Accept-Language": "en"}).text) == "vi"


def test_a_person_s_choice_goes_along_to_other_browsers(
    app: Flask, services: WebServices, student: FlaskClient
) -> None:
    student.post("/language", data={"language": "vi", "page": "/"})
    link = create_sign_in_link(services.sessions, "an@example.org", services.clock(), timedelta(hours=1))
    elsewhere = app.test_client()
    elsewhere.post(f"/sign-in/link/{link.plain}")
    assert spoken(elsewhere.get("/exercises", headers={"Accept-Language": "en"}).text) == "vi"


def test_the_switch_leads_to_no_other_site(client: FlaskClient) -> None:
    assert client.post("/language", data={"language": "vi", "page": "//elsewhere.example/"}).location == "/"


def test_a_language_that_is_not_there_is_refused(client: FlaskClient) -> None:
    reply = client.post("/language", data={"language": "tlh", "page": "/"})
    assert reply.status_code == 400
    assert "Set-Cookie" not in reply.headers


def test_the_switch_names_the_other_language_in_its_own_words(client: FlaskClient) -> None:
    assert 'lang="vi">Tiếng Việt</button>' in client.get(SIGN_IN).text
    assert 'lang="en">English</button>' in client.get(SIGN_IN, headers={"Accept-Language": "vi"}).text


@pytest.mark.parametrize(("path", "page"), [("/exercises/and-gate", "/exercises/and-gate"), ("/sign-out", "/")])
def test_the_switch_on_a_reply_to_a_form_leads_to_a_page_that_can_be_read(app: Flask, path: str, page: str) -> None:
    with app.test_request_context(path, method="POST"):
        assert page_address() == page


def test_programs_are_spoken_to_in_english(client: FlaskClient) -> None:
    assert spoken(client.get("/api/docs", headers={"Accept-Language": "vi"}).text) == "en"
