import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from grader.services.accounts.registration import Person, register
from grader.web.app import create_app
from grader.web.dependencies import WebServices

EMAIL = "binh@example.org"


@pytest.fixture
def _binh(services: WebServices) -> None:
    register(services.sessions, Person(EMAIL, "Bình"), services.clock())


@pytest.mark.usefixtures("_binh")
def test_the_reply_tells_nobody_who_is_registered(client: FlaskClient) -> None:
    known = client.post("/forgot", data={"email": EMAIL})
    unknown = client.post("/forgot", data={"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.org", "")


@pytest.mark.usefixtures("_binh")
def test_without_a_mail_server_an_administrator_hands_the_link_over(
    client: FlaskClient, administrator: FlaskClient
) -> None:
    assert "The administrators see that you ask" not in client.get("/forgot").text
    assert "the administrators will see your request" in client.post("/forgot", data={"email": EMAIL}).text
    page = administrator.get("/admin/people").text
    assert "No mail server is configured" in page
    number = re.search(r'data-request="(\d+)"', page)
    assert number
    shown = administrator.post(f"/admin/requests/{number[1]}/answer")
    link = re.search(r"http://localhost(/sign-in/link/[\w-]+)", shown.text)
    assert link
    assert "data-request" not in administrator.get("/admin/people").text
    assert administrator.post(f"/admin/requests/{number[1]}/answer").status_code == 404
    assert "Continue" in client.get(link[1]).text  # as whoever looks through mail for harm does, too
    assert client.post(link[1]).location == "/account/password"
    assert client.get(link[1]).status_code == 403
    assert client.post(link[1]).status_code == 403


def test_with_a_mail_server_a_worker_is_woken_whoever_asks(services: WebServices) -> None:
    woken: list[str] = []
    settings = services.settings.model_copy(update={"smtp_url": "smtps://mail.example"})
    app = create_app(replace(services, settings=settings, wake_mail=lambda: woken.append("mail")))
    assert "a mail with a link is on its way" in app.test_client().post("/forgot", data={"email": EMAIL}).text
    assert woken == ["mail"]


@pytest.mark.usefixtures("_binh")
def test_asking_is_limited_for_an_address_and_says_when_again(client: FlaskClient) -> None:
    replies = [client.post("/forgot", data={"email": EMAIL}) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    assert re.search(r"Try again in \d+ minutes", replies[-1].text)
    assert int(replies[-1].headers["Retry-After"]) > 60
    assert client.post("/forgot", data={"email": "another@example.org"}).status_code == 200


def test_nothing_and_nonsense_are_answered_like_everything_else(client: FlaskClient) -> None:
    for typed in ({}, {"email": ""}, {"email": "\x00"}, {"email": "<script>"}):
        reply = client.post("/forgot", data=typed)
        assert reply.status_code == 200
        assert "<script>" not in reply.text
