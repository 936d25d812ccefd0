from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from grader.web.app import create_app
from grader.web.dependencies import WebServices

EVERYWHERE = ("/healthz", "/nothing", "/sign-in", "/api/v1/openapi.json", "/api/v1/exercises", "/api/docs")


def test_every_reply_forbids_the_browser_what_no_page_needs(client: FlaskClient) -> None:
    for path in EVERYWHERE:
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert policy.startswith(("default-src 'self'", "default-src 'none'"))
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Request-Id"]


def test_a_harmless_request_id_is_kept_and_another_replaced(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "lms-42.a"}).headers["X-Request-Id"] == "lms-42.a"
    for strange in ("", "a b", "x" * 65, 'a"', "é"):
        given = client.get("/healthz", headers={"X-Request-Id": strange}).headers["X-Request-Id"]
        assert given not in {"", strange}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "http://evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
)
def test_a_form_that_another_site_sent_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        reply = client.open("/sign-in", method=method, headers=headers)
        assert (reply.status_code, reply.mimetype) == (403, "text/html")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "HTTP://LOCALHOST"},
        {},
    ],
)
def test_a_form_of_our_own_or_of_a_program_is_believed(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/sign-in", headers=headers).status_code not in {403, 500}


def test_reading_is_never_refused(client: FlaskClient) -> None:
    assert client.get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_token_is_believed_wherever_it_comes_from(client: FlaskClient, token: dict[str, str]) -> None:
    reply = client.post("/api/v1/submissions", json={}, headers=token | {"Origin": "http://other.example"})
    assert reply.status_code == 422


def test_the_public_address_is_our_own_origin_too(services: WebServices) -> None:
    settings = services.settings.model_copy(update={"base_url": "https://grader.example.edu/nn"})
    client = create_app(replace(services, settings=settings)).test_client()
    assert client.post("/sign-in", headers={"Origin": "https://grader.example.edu"}).status_code != 403
    assert client.post("/sign-in", headers={"Origin": "https://other.example.edu"}).status_code == 403


def seen_through(services: WebServices, proxies: int) -> Any:
    """What a view sees of a request that says it was forwarded."""
    settings = services.settings.model_copy(update={"trusted_proxies": proxies})
    app: Flask = create_app(replace(services, settings=settings))
    app.add_url_rule("/seen", view_func=lambda: {"address": request.remote_addr, "scheme": request.scheme})
    forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "grader.example"}
    return app.test_client().get("/seen", headers=forwarded)


def test_forwarded_headers_are_believed_only_behind_a_trusted_proxy(services: WebServices) -> None:
    assert seen_through(services, 0).json == {"address": "127.0.0.1", "scheme": "http"}
    assert seen_through(services, 1).json == {"address": "203.0.113.9", "scheme": "https"}


def test_over_https_the_browser_is_told_to_stay_there(services: WebServices) -> None:
    assert "Strict-Transport-Security" in seen_through(services, 1).headers
    assert "Strict-Transport-Security" not in seen_through(services, 0).headers
