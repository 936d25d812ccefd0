import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from grader.services.accounts import passwords, sign_in
from grader.services.accounts.administration import Act, disable
from grader.services.accounts.authentication import operator
from grader.services.accounts.passwords import Turns
from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import create_sign_in_link, new_link
from grader.store.tables import User
from grader.vocabulary import LinkPurpose, Role
from grader.web.app import create_app
from grader.web.auth import COOKIE
from grader.web.dependencies import WebServices
from grader.web.limits import ProcessCounts
from grader.web.pages.accounts import sign_in as accounts_sign_in
from tests.web.pages.conftest import Browser

EMAIL, PASSWORD = "an@example.org", "a long enough password"


@pytest.fixture
def registered(services: WebServices) -> None:
    register(services.sessions, Person(EMAIL, "An", Role.STUDENT, PASSWORD), services.clock())


def typed(**changes: str) -> dict[str, str]:
    return {"email": EMAIL, "password": PASSWORD} | changes


@pytest.mark.usefixtures("registered")
def test_email_and_password_sign_in(client: FlaskClient) -> None:
    reply = client.post("/sign-in", data=typed(email=" An@Example.org "))
    assert (reply.status_code, reply.location) == (303, "/")
    assert client.get("/exercises").status_code == 200


@pytest.mark.usefixtures("registered")
def test_the_session_is_kept_from_scripts_and_from_other_sites(client: FlaskClient) -> None:
    cookie = client.post("/sign-in", data=typed()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # a machine of one's own has no certificate


@pytest.mark.usefixtures("registered")
def test_the_cookie_goes_over_https_only_where_the_settings_say_so(services: WebServices) -> None:
    settings = services.settings.model_copy(update={"secure_cookies": True})
    client = create_app(replace(services, settings=settings)).test_client()
    assert "Secure" in client.post("/sign-in", data=typed()).headers["Set-Cookie"]


@pytest.mark.usefixtures("registered")
def test_a_wrong_password_and_an_unknown_person_get_the_same_reply(client: FlaskClient) -> None:
    wrong = client.post("/sign-in", data=typed(password="not the password"))
    unknown = client.post("/sign-in", data=typed(email="nobody@example.org"))
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.org", "")
    assert "is incorrect" in wrong.text
    assert "Set-Cookie" not in wrong.headers


@pytest.mark.usefixtures("registered")
def test_what_was_typed_is_kept_but_never_the_password(client: FlaskClient) -> None:
    page = client.post("/sign-in", data=typed(password="not the password", next="/submissions")).text
    assert f'value="{EMAIL}"' in page
    assert 'name="next" value="/submissions"' in page
    assert "not the password" not in page


@pytest.mark.usefixtures("registered")
def test_somebody_who_is_disabled_does_not_sign_in(client: FlaskClient, services: WebServices) -> None:
    with services.sessions.begin() as session:
        session.execute(update(User).values(disabled_at=services.clock()))
    assert client.post("/sign-in", data=typed()).status_code == 401


@pytest.mark.usefixtures("registered")
def test_after_signing_in_the_wanted_page_is_shown(client: FlaskClient) -> None:
    wanted = client.get("/exercises/and-gate?from=x").location
    form = client.get(wanted).text
    hidden = re.search(r'name="next" value="([^"]*)"', form)
    assert hidden
    assert client.post("/sign-in", data=typed(next=hidden[1])).location == "/exercises/and-gate?from=x"


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, address: str) -> None:
    assert client.post("/sign-in", data=typed(next=address)).location == "/"


@pytest.mark.usefixtures("registered")
def test_guessing_is_slowed_down_without_locking_out_the_neighbours(client: FlaskClient, services: WebServices) -> None:
    register(services.sessions, Person("binh@example.org", "Bình", Role.STUDENT, PASSWORD), services.clock())
    guesses = [client.post("/sign-in", data=typed(password="guess")).status_code for _ in range(11)]
    assert guesses == [401] * 10 + [429]
    refused = client.post("/sign-in", data=typed())
    assert refused.status_code == 429
    assert 60 < int(refused.headers["Retry-After"]) <= 601  # rounded up by the library
    assert re.search(r"Try again in \d+ minutes", refused.text)
    assert "request a link" in refused.text
    assert refused.mimetype == "text/html"
    assert client.post("/sign-in", data=typed(email="binh@example.org")).status_code == 303


@pytest.mark.usefixtures("registered")
def test_while_too_many_sign_in_the_form_comes_back_at_once_and_no_person_is_locked_out(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(passwords, "_turns", Turns(1, 0, 0.0))
        with passwords._one_hash():
            refused = [client.post("/sign-in", data=typed()) for _ in range(11)]
    assert [reply.status_code for reply in refused] == [503] * 11
    assert client.post("/sign-in", data=typed()).status_code == 303
    assert refused[0].headers["Retry-After"] == "1"
    assert "Many people are signing in right now" in refused[0].text
    assert f'value="{EMAIL}"' in refused[0].text
    assert PASSWORD not in refused[0].text


@pytest.mark.long
def test_a_flood_that_finds_no_place_ends_for_its_address(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_turns", Turns(1, 0, 0.0))
    with passwords._one_hash():
        flood = [client.post("/sign-in", data=typed(email=f"s{one}@x")).status_code for one in range(1001)]
    assert flood == [503] * 1000 + [429]


@pytest.mark.usefixtures("registered")
def test_how_often_an_email_failed_lately_decides_who_comes_first(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def verify(_stored: str | None, password: str, tried: int = 0) -> bool:
        tries.append(tried)
        return password == PASSWORD

    monkeypatch.setattr(sign_in, "verify_password", verify)
    monkeypatch.setattr(accounts_sign_in, "_failed_lately", ProcessCounts())
    for email, password in ((EMAIL, "?"), (EMAIL, "?"), ("x@y.org", "?"), (EMAIL, PASSWORD), (EMAIL, "?")):
        client.post("/sign-in", data=typed(email=email, password=password))
    assert tries == [0, 1, 0, 2, 0]


def test_a_database_that_is_away_counts_against_nobody(app_without_database: Flask) -> None:
    client = app_without_database.test_client()
    assert [client.post("/sign-in", data=typed()).status_code for _ in range(12)] == [503] * 12


@pytest.mark.usefixtures("registered")
def test_a_class_that_signs_in_from_one_address_is_not_slowed_down(client: FlaskClient) -> None:
    assert {client.post("/sign-in", data=typed()).status_code for _ in range(12)} == {303}


@pytest.mark.long
@pytest.mark.usefixtures("registered")
def test_a_lecture_hall_behind_one_address_signs_in_though_everybody_mistypes_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is left out: it would take a minute, and what counts here is what is counted."""
    monkeypatch.setattr(sign_in, "verify_password", lambda _, password, _tries: password == PASSWORD)
    mistyped = {client.post("/sign-in", data=typed(email=f"s{one}@x", password="?")).status_code for one in range(600)}
    assert mistyped == {401}
    assert {client.post("/sign-in", data=typed()).status_code for _ in range(20)} == {303}


def test_a_link_signs_in_once(client: FlaskClient, services: WebServices) -> None:
    register(services.sessions, Person(EMAIL, "An"), services.clock())
    link = create_sign_in_link(services.sessions, EMAIL, services.clock(), timedelta(hours=1)).plain
    assert client.post(f"/sign-in/link/{link}").location == "/"
    assert client.get("/exercises").status_code == 200
    for again in (client.post(f"/sign-in/link/{link}"), client.get(f"/sign-in/link/{link}")):
        assert again.status_code == 403
        assert "has been used or has expired" in again.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ],
)
@pytest.mark.parametrize("purpose", LinkPurpose)
def test_opening_a_link_uses_nothing_and_names_nobody(
    app: Flask, services: WebServices, method: str, headers: dict[str, str], purpose: LinkPurpose
) -> None:
    user_id = register(services.sessions, Person(EMAIL, "An"), services.clock())
    with services.sessions.begin() as session:
        link = new_link(session, user_id, purpose, services.clock(), timedelta(hours=1)).plain
    robot, person = app.test_client(), app.test_client()
    for _ in range(3):
        seen = robot.open(f"/sign-in/link/{link}", method=method, headers=headers)
        assert (seen.status_code, seen.headers.getlist("Set-Cookie")) == (200, [])
        assert EMAIL not in seen.text
    assert robot.get("/exercises").status_code == 303
    page = person.get(f"/sign-in/link/{link}").text
    assert re.findall(r'<form method="post" action="([^"]+)"><button class="main">', page) == [f"/sign-in/link/{link}"]
    assert person.post(f"/sign-in/link/{link}").status_code == 303
    assert person.get("/exercises").status_code == 200


def test_a_link_of_somebody_who_is_disabled_shows_no_button(client: FlaskClient, services: WebServices) -> None:
    user_id = register(services.sessions, Person(EMAIL, "An"), services.clock())
    link = create_sign_in_link(services.sessions, EMAIL, services.clock(), timedelta(hours=1)).plain
    register(services.sessions, Person("root@example.org", "Root", Role.ADMINISTRATOR), services.clock())
    disable(services.sessions, user_id, Act(operator(), services.clock()))
    assert client.get(f"/sign-in/link/{link}").status_code == client.post(f"/sign-in/link/{link}").status_code == 403


def test_an_expired_link_says_what_to_do(client: FlaskClient, services: WebServices) -> None:
    register(services.sessions, Person(EMAIL, "An"), services.clock())
    link = create_sign_in_link(services.sessions, EMAIL, services.clock(), timedelta(seconds=-1)).plain
    reply = client.post(f"/sign-in/link/{link}")
    assert reply.status_code == 403
    assert "Request a new one" in reply.text


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(app: Flask, student: FlaskClient) -> None:
    cookie = student.get_cookie(COOKIE)
    assert cookie
    copy = app.test_client()
    copy.set_cookie(COOKIE, cookie.value)
    assert copy.get("/exercises").status_code == 200
    assert student.post("/sign-out").location == "/sign-in"
    assert student.get_cookie(COOKIE) is None
    assert copy.get("/exercises").status_code == 303


def test_signing_in_anew_ends_the_session_before(app: Flask, services: WebServices, student: FlaskClient) -> None:
    cookie = student.get_cookie(COOKIE)
    assert cookie
    link = create_sign_in_link(services.sessions, EMAIL, services.clock(), timedelta(hours=1)).plain
    student.post(f"/sign-in/link/{link}")
    old = app.test_client()
    old.set_cookie(COOKIE, cookie.value)
    assert old.get("/exercises").status_code == 303
    assert student.get("/exercises").status_code == 200


def test_a_session_ends_by_itself(services: WebServices, student: FlaskClient) -> None:
    days = services.settings.session_days
    late = replace(services, clock=lambda: services.clock() + timedelta(days=days, seconds=1))
    cookie = student.get_cookie(COOKIE)
    assert cookie
    client = create_app(late).test_client()
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/exercises").location == "/sign-in?next=/exercises"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_another_site_can_neither_sign_out_nor_answer(student: FlaskClient, headers: dict[str, str]) -> None:
    assert student.post("/sign-out", headers=headers).status_code == 403
    assert student.post("/exercises/and-gate", data={"w0": "1"}, headers=headers).status_code == 403
    assert "No submissions yet" in student.get("/submissions").text


@pytest.mark.parametrize(("role", "first"), [(Role.STUDENT, "Deadlines"), (Role.INSTRUCTOR, "Your courses")])
def test_everybody_arrives_where_the_work_is(browser: Browser, role: Role, first: str) -> None:
    assert f"<h1>{first}</h1>" in browser("x@example.org", role).get("/").text
