import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.vocabulary import Role
from grader.web.dependencies import WebServices
from tests.web.pages.conftest import Browser

EMAIL, PASSWORD = "an@example.org", "a long enough password"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def an(app: Flask, services: WebServices) -> FlaskClient:
    """Return a client signed in with a password, in Firefox on Windows."""
    register(services.sessions, Person(EMAIL, "An", Role.STUDENT, PASSWORD), services.clock())
    return signed_in(app)


def signed_in(app: Flask, password: str = PASSWORD) -> FlaskClient:
    client = app.test_client()
    typed = {"email": EMAIL, "password": password}
    assert client.post("/sign-in", data=typed, headers={"User-Agent": FIREFOX}).status_code == 303
    return client


def test_a_new_session_has_a_token_that_nobody_chose(app: Flask, an: FlaskClient) -> None:
    """A cookie planted before signing in is worthless afterwards (session fixation)."""
    planted = app.test_client()
    planted.set_cookie("nn_grader_session", "planted")
    planted.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    cookie = planted.get_cookie("nn_grader_session")
    assert cookie
    assert cookie.value != "planted"
    assert an.get("/account").status_code == 200


def test_name_language_and_time_zone_are_kept(an: FlaskClient) -> None:
    typed = {"name": "  An  Trần ", "language": "vi", "time_zone": "Asia/Ho_Chi_Minh"}
    assert an.post("/account", data=typed).location == "/account?saved=1"
    page = an.get("/account").text
    assert '<html lang="vi"' in page
    assert 'value="An Trần"' in page
    assert 'value="Asia/Ho_Chi_Minh"' in page


def test_a_time_zone_that_there_is_not_is_said_beside_it(an: FlaskClient) -> None:
    reply = an.post("/account", data={"name": "New", "time_zone": "../../etc/passwd"})
    assert reply.status_code == 422
    assert "Enter a valid time zone" in reply.text
    assert 'value="New"' in reply.text
    assert 'value="New"' not in an.get("/account").text


def test_sessions_are_named_by_browser_and_the_present_one_is_marked(app: Flask, an: FlaskClient) -> None:
    signed_in(app)
    page = an.get("/account").text
    assert page.count("Firefox on Windows</strong>") == 2
    assert page.count("this device") == 1
    assert "Sign out everywhere else" in page


def test_signing_out_everywhere_else_leaves_this_browser(app: Flask, an: FlaskClient) -> None:
    other = signed_in(app)
    assert an.post("/account/sessions/end-others").location == "/account"
    assert other.get("/exercises").status_code == 303
    page = an.get("/account").text
    assert "Sign out everywhere else" not in page


def test_one_session_is_ended_and_only_ones_own(app: Flask, an: FlaskClient, browser: Browser) -> None:
    signed_in(app)
    numbers = re.findall(r'data-session="(\d+)"', an.get("/account").text)
    assert browser("binh@example.org").post(f"/account/sessions/{numbers[0]}/end").status_code == 404
    assert an.post(f"/account/sessions/{numbers[0]}/end").status_code == 303
    assert len(re.findall(r"data-session", an.get("/account").text)) == 1


def test_own_tokens_are_listed_and_revoked(an: FlaskClient, browser: Browser, services: WebServices) -> None:
    token = TokenRequest("my laptop", "web", ("read",), services.clock() - services.clock().replace(year=2000), EMAIL)
    create_token(services.sessions, token, services.clock())
    number = re.search(r'data-token="(\d+)"', an.get("/account").text)
    assert number
    assert browser("binh@example.org").post(f"/account/tokens/{number[1]}/revoke").status_code == 404
    assert an.post(f"/account/tokens/{number[1]}/revoke").status_code == 303
    assert "my laptop" not in an.get("/account").text


def test_a_password_is_changed_and_other_browsers_are_signed_out(app: Flask, an: FlaskClient) -> None:
    other = signed_in(app)
    typed = {"current": PASSWORD, "password": "battery staple", "again": "battery staple"}
    assert an.post("/account/password", data=typed).location == "/account?password_set=1"
    assert an.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    signed_in(app, "battery staple")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"current": "guess"}, "current password is incorrect"),
        ({"again": "something else"}, "do not match"),
        ({"password": "short", "again": "short"}, "8 to 1024 characters"),
        ({"password": "Matkhau123", "again": "Matkhau123"}, "one of the most common passwords"),
        ({"password": EMAIL, "again": EMAIL}, "too similar to your name"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_and_none_sent_back(
    an: FlaskClient, change: dict[str, str], said: str
) -> None:
    typed = {"current": PASSWORD, "password": "battery staple", "again": "battery staple"} | change
    reply = an.post("/account/password", data=typed)
    assert reply.status_code == 422
    assert said in reply.text
    for name in ("current", "password", "again"):
        assert f'value="{typed[name]}"' not in reply.text.replace(f'autocomplete="username" value="{EMAIL}"', "")


def test_that_a_password_is_common_is_said_in_the_language_of_the_reader(an: FlaskClient) -> None:
    an.post("/language", data={"language": "vi"})
    typed = {"current": PASSWORD, "password": "matkhau123", "again": "matkhau123"}
    assert "một trong những mật khẩu phổ biến nhất" in an.post("/account/password", data=typed).text


def test_a_present_password_is_not_guessed_here_either(an: FlaskClient) -> None:
    typed = {"current": "guess", "password": "battery staple", "again": "battery staple"}
    replies = [an.post("/account/password", data=typed).status_code for _ in range(11)]
    assert replies == [422] * 10 + [429]


def test_a_form_sent_after_the_session_was_revoked_leads_back_to_the_form(app: Flask, an: FlaskClient) -> None:
    other = signed_in(app)
    an.post("/account/sessions/end-others")
    sent = other.post("/account/tokens/1/revoke", headers={"Referer": "http://localhost/account?x=1"})
    assert sent.location == "/sign-in?next=/account?x%3D1"
    elsewhere = other.post("/account/tokens/1/revoke", headers={"Referer": "http://evil.example/account"})
    assert elsewhere.location == "/sign-in?next=/"
