"""A process that keeps tokens for a while refuses at once those that its own pages revoke."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from grader.services.accounts.authentication import RecentTokens
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.web.dependencies import WebServices
from tests.web.pages.conftest import Browser

EMAIL = "lan@example.org"
LIST = "/api/v1/submissions"


@pytest.fixture
def services(services: WebServices) -> WebServices:
    """Services that would accept a token for another hour."""
    return replace(services, tokens=RecentTokens(timedelta(hours=1)))


@pytest.fixture
def owner(browser: Browser) -> FlaskClient:
    return browser(EMAIL)


@pytest.fixture
def token(owner: FlaskClient, services: WebServices, client: FlaskClient) -> dict[str, str]:
    """The own token of the student `owner`, which was accepted a moment ago."""
    assert owner.get("/account").status_code == 200
    wanted = TokenRequest("my laptop", "web", ("read",), timedelta(hours=1), EMAIL)
    token = {"Authorization": f"Bearer {create_token(services.sessions, wanted, services.clock()).plain}"}
    assert client.get(LIST, headers=token).status_code == 200
    return token


def test_a_token_that_its_owner_revokes_is_refused_at_once(
    client: FlaskClient, owner: FlaskClient, token: dict[str, str]
) -> None:
    number = re.search(r'data-token="(\d+)"', owner.get("/account").text)
    assert number
    assert owner.post(f"/account/tokens/{number[1]}/revoke").status_code == 303
    assert client.get(LIST, headers=token).status_code == 401


@pytest.mark.parametrize(
    ("act", "typed"),
    [("disable", {}), ("erase", {"email": EMAIL, "extent": "erase"}), ("erase", {"email": EMAIL})],
    ids=["disabled", "erased", "anonymised"],
)
def test_the_token_of_who_is_disabled_or_erased_is_refused_at_once(
    client: FlaskClient, administrator: FlaskClient, token: dict[str, str], act: str, typed: dict[str, str]
) -> None:
    number = re.search(r'href="/admin/people/(\d+)"', administrator.get(f"/admin/people?q={EMAIL}").text)
    assert number
    assert administrator.post(f"/admin/people/{number[1]}/{act}", data=typed).status_code == 303
    assert client.get(LIST, headers=token).status_code == 401
