"""Signing in through an OpenID provider, honest and not."""

import base64
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from grader.adapters.oidc import OidcClient, Provider
from grader.devserver.ports import free_port
from grader.services.accounts.administration import Act, disable
from grader.services.accounts.authentication import operator
from grader.services.accounts.registration import Person, register
from grader.store.accounts import user_by_email
from grader.vocabulary import Role
from grader.web.app import create_app
from grader.web.dependencies import WebServices, attach
from grader.web.limits import limit
from grader.web.pages.accounts.sign_in import JOURNEY_COOKIE
from tests.fixtures.issuer import CLIENT_ID, SECRET, Issuer, new_key


@pytest.fixture
def provider(issuer: Issuer) -> Iterator[Provider]:
    made = Provider(OidcClient(issuer.url, CLIENT_ID, SECRET))
    yield made
    made._http.close()


@pytest.fixture(scope="module")
def second_app(process_services: WebServices) -> Flask:
    """Return a second app beside `app`, without single sign-on."""
    return create_app(process_services)


@pytest.fixture
def site(second_app: Flask, services: WebServices, provider: Provider) -> Flask:
    settings = services.settings.model_copy(update={"oidc_name": "HUST account"})
    attach(second_app, replace(services, openid=provider, settings=settings))
    limit(second_app, settings.redis_url)
    return second_app


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


def come_back(visitor: FlaskClient, issuer: Issuer, wanted: str = "/account") -> TestResponse:
    """Go to the issuer and back."""
    away = visitor.get(f"/sign-in/openid?next={wanted}")
    assert away.status_code == 303, away.text
    return visitor.get(issuer.visit(away.location).removeprefix("http://localhost"))


def role_of(services: WebServices, email: str = "an@example.org") -> str | None:
    with services.sessions() as session:
        user = user_by_email(session, email)
        return None if user is None else user.role


def test_the_sign_in_page_leads_there_where_an_issuer_is_set(visitor: FlaskClient, client: FlaskClient) -> None:
    page = visitor.get("/sign-in?next=/submissions").text
    assert "Sign in with HUST account" in page
    assert 'href="/sign-in/openid?next=/submissions"' in page
    assert "/sign-in/openid" not in client.get("/sign-in").text
    assert client.get("/sign-in/openid").status_code == 404


def test_somebody_new_becomes_a_student_and_comes_to_the_wanted_page(
    visitor: FlaskClient, issuer: Issuer, services: WebServices
) -> None:
    assert come_back(visitor, issuer).location == "/account"
    page = visitor.get("/account").text
    assert "Trần An" in page
    assert "through another service" in page
    assert role_of(services) == "student"
    assert visitor.get_cookie(JOURNEY_COOKIE, path="/sign-in/openid") is None


def test_somebody_who_is_registered_is_found_by_a_verified_email_and_then_by_number(
    visitor: FlaskClient, issuer: Issuer, services: WebServices
) -> None:
    register(services.sessions, Person("an@example.org", "An", Role.INSTRUCTOR), services.clock())
    come_back(visitor, issuer)
    assert role_of(services) == "instructor"
    issuer.claims = {"email": "married@example.org", "email_verified": False}
    assert come_back(visitor, issuer).location == "/account"
    assert "an@example.org" in visitor.get("/account").text
    assert role_of(services, "married@example.org") is None


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": None}])
def test_an_email_that_the_issuer_does_not_vouch_for_lets_nobody_in(
    visitor: FlaskClient, issuer: Issuer, services: WebServices, claims: dict[str, Any]
) -> None:
    register(services.sessions, Person("an@example.org", "An", Role.INSTRUCTOR), services.clock())
    issuer.claims = claims
    reply = come_back(visitor, issuer)
    assert reply.status_code == 403
    assert "has not verified your e-mail" in reply.text
    assert visitor.get("/account").status_code == 303


def test_an_issuer_that_gives_out_its_addresses_itself_may_be_trusted(services: WebServices, issuer: Issuer) -> None:
    provider = Provider(OidcClient(issuer.url, CLIENT_ID, SECRET, trusts_email=True))
    visitor = create_app(replace(services, openid=provider)).test_client()
    issuer.claims = {"email_verified": None}
    assert come_back(visitor, issuer).status_code == 303
    provider._http.close()


@pytest.mark.parametrize("methods", [["client_secret_basic", "none"], ["client_secret_post"], None])
def test_a_client_without_a_secret_signs_people_in_by_pkce_alone(
    services: WebServices, issuer: Issuer, methods: list[str] | None
) -> None:
    """For any methods the issuer lists; without a list, RFC 8414 implies client_secret_basic."""
    issuer.is_public = True
    if methods is not None:
        issuer.about["token_endpoint_auth_methods_supported"] = methods
    visitor = create_app(replace(services, openid=Provider(OidcClient(issuer.url, CLIENT_ID)))).test_client()
    assert come_back(visitor, issuer).location == "/account"
    assert role_of(services) == Role.STUDENT


@pytest.mark.parametrize(("is_public", "secret"), [(False, None), (False, "another secret"), (True, SECRET)])
def test_a_wrong_secret_is_the_operators_matter_and_is_logged(
    services: WebServices, issuer: Issuer, *, is_public: bool, secret: str | None
) -> None:
    issuer.is_public = is_public
    visitor = create_app(replace(services, openid=Provider(OidcClient(issuer.url, CLIENT_ID, secret)))).test_client()
    with capture_logs() as logged:
        reply = come_back(visitor, issuer)
    assert reply.status_code == 503
    assert "is not set up as it should be" in reply.text
    (line,) = [line for line in logged if "client id" in line["event"]]
    assert (line["answer"], line["secret"]) == ("invalid_client", secret is not None)


def test_who_is_disabled_here_stays_out(visitor: FlaskClient, issuer: Issuer, services: WebServices) -> None:
    an = register(services.sessions, Person("an@example.org", "An"), services.clock())
    disable(services.sessions, an, Act(operator(), services.clock()))
    reply = come_back(visitor, issuer)
    assert reply.status_code == 403
    assert "Your account is disabled" in reply.text
    assert visitor.get("/account").status_code == 303


def test_what_the_token_does_not_say_is_asked_for_and_only_of_the_same_person(
    visitor: FlaskClient, issuer: Issuer, services: WebServices
) -> None:
    issuer.claims = {"email": None, "email_verified": None}
    issuer.more = {"sub": "somebody else", "email": "boss@example.org", "email_verified": True}
    assert come_back(visitor, issuer).status_code == 403
    issuer.more = {"sub": "4711", "email": "an@example.org", "email_verified": True}
    assert come_back(visitor, issuer).status_code == 303
    assert role_of(services, "boss@example.org") is None


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["grader", "another client"]},
        {"azp": "another client"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": 2**33},
        {"sub": None},
    ],
)
def test_a_token_that_was_not_made_for_this_is_refused(
    visitor: FlaskClient, issuer: Issuer, services: WebServices, claims: dict[str, Any]
) -> None:
    issuer.claims = claims
    reply = come_back(visitor, issuer)
    assert reply.status_code == 403
    assert role_of(services) is None
    assert visitor.get("/account").status_code == 303


def test_a_token_that_somebody_else_has_signed_is_refused(visitor: FlaskClient, issuer: Issuer) -> None:
    issuer.key = new_key("first")
    assert come_back(visitor, issuer).status_code == 403


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_token_that_anybody_could_have_made_is_refused(
    visitor: FlaskClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, alg: str
) -> None:
    """The public key is not a secret: a token signed with it by HMAC must not be accepted."""
    public = issuer.key.as_pem(private=False)

    def forged(self: Issuer, query: dict[str, str]) -> str:
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": "1", "nonce": query["nonce"], "iat": 1, "exp": 2**33}
        signed = b".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": alg}, claims))
        seal = hmac.digest(public, signed, "sha256") if alg == "HS256" else b""
        return (signed + b"." + _encoded(seal)).decode()

    monkeypatch.setattr(Issuer, "_id_token", forged)
    reply = come_back(visitor, issuer)
    assert reply.status_code == 403
    assert "cannot be believed" in reply.text


def _encoded(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def test_a_new_key_of_the_issuer_is_asked_for_when_it_is_met(visitor: FlaskClient, issuer: Issuer) -> None:
    assert come_back(visitor, issuer).status_code == 303
    issuer.key = new_key("second")
    issuer.published = [issuer.key]
    assert come_back(visitor, issuer).status_code == 303
    assert issuer.asked.count("/.well-known/openid-configuration") == 1
    assert issuer.asked.count("/keys") == 2


def test_another_journeys_end_is_refused(visitor: FlaskClient, issuer: Issuer, site: Flask) -> None:
    """An attacker sends a link that would sign the victim in as the attacker (login CSRF)."""
    attacker = site.test_client()
    theirs = issuer.visit(attacker.get("/sign-in/openid").location).removeprefix("http://localhost")
    assert visitor.get(theirs).status_code == 403  # no journey was begun here
    visitor.get("/sign-in/openid")
    reply = visitor.get(theirs)  # one was, but another
    assert reply.status_code == 403
    assert "another attempt" in reply.text
    assert visitor.get("/account").status_code == 303


def test_a_journey_ends_once(visitor: FlaskClient, issuer: Issuer) -> None:
    back = issuer.visit(visitor.get("/sign-in/openid").location).removeprefix("http://localhost")
    cookie = visitor.get_cookie(JOURNEY_COOKIE, path="/sign-in/openid")
    assert cookie
    assert visitor.get(back).status_code == 303
    visitor.post("/sign-out")
    assert visitor.get(back).status_code == 403
    visitor.set_cookie(JOURNEY_COOKIE, cookie.value, path="/sign-in/openid")  # whoever kept all of it
    assert visitor.get(back).status_code == 403
    assert visitor.get("/account").status_code == 303


@pytest.mark.parametrize("cookie", ["", "nonsense", "WyJhIl0.aaaa.bbbb"])
def test_a_cookie_that_we_did_not_sign_is_refused(visitor: FlaskClient, cookie: str) -> None:
    visitor.set_cookie(JOURNEY_COOKIE, cookie, path="/sign-in/openid")
    assert visitor.get("/sign-in/openid/back?code=x&state=y").status_code == 403


def test_the_cookie_of_the_journey_is_kept_from_scripts_and_does_not_last(visitor: FlaskClient) -> None:
    cookie = visitor.get("/sign-in/openid").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/sign-in/openid"} <= set(re.split("; ", cookie))


def test_who_gave_up_there_is_told_what_to_do(visitor: FlaskClient) -> None:
    away = visitor.get("/sign-in/openid").location
    state = parse_qs(urlsplit(away).query)["state"][0]
    reply = visitor.get(f"/sign-in/openid/back?error=access_denied&state={state}")
    assert reply.status_code == 403
    assert "sign in another way" in reply.text


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_elsewhere_never_leads_to_a_third_site(visitor: FlaskClient, issuer: Issuer, address: str) -> None:
    assert come_back(visitor, issuer, address).location == "/"


def test_an_issuer_that_is_away_is_said(services: WebServices, issuer: Issuer, visitor: FlaskClient) -> None:
    gone = Provider(OidcClient(f"http://127.0.0.1:{free_port()}", CLIENT_ID))
    reply = create_app(replace(services, openid=gone)).test_client().get("/sign-in/openid")
    assert reply.status_code == 503
    assert "does not answer" in reply.text
    assert reply.headers["Retry-After"] == "30"
    back = issuer.visit(visitor.get("/sign-in/openid").location).removeprefix("http://localhost")
    issuer.is_broken = True  # in the middle
    assert visitor.get(back).status_code == 503


@pytest.mark.parametrize(
    "about", [{"issuer": "https://evil.example"}, {"authorization_endpoint": "javascript:alert(1)"}]
)
def test_an_issuer_that_is_somebody_else_is_not_gone_to(
    visitor: FlaskClient, issuer: Issuer, about: dict[str, str]
) -> None:
    issuer.about = about
    assert visitor.get("/sign-in/openid").status_code == 503
