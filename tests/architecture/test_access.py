"""Every route requires a login, except those listed here."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",  # has a token of its own
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/link/<token>",
    "POST /sign-in/link/<token>",
    "POST /language",
    "GET /forgot",
    "GET /sign-in/openid",
    "GET /sign-in/openid/back",
    "POST /forgot",
    "GET /assets/<version>/<name>",
    "GET /api/docs",
    "GET /api/v1/openapi.json",
}
VALUES = {"uuid": "00000000-0000-4000-8000-000000000000", "default": "something", "string": "something", "int": "1"}


def _addresses(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _path(rule: Rule) -> str:
    path = rule.rule
    for name, converter in rule._converters.items():
        kind = {"UUIDConverter": "uuid", "RowNumber": "int"}.get(type(converter).__name__, "default")
        path = re.sub(rf"<(\w+:)?{name}>", VALUES[kind], path)
    assert "<" not in path
    return path


def test_what_is_open_to_everybody_is_listed(app: Flask) -> None:
    assert {f"{method} {rule.rule}" for method, rule in _addresses(app)} >= OPEN


def test_everything_else_asks_who_you_are(app: Flask, client: FlaskClient) -> None:
    for method, rule in _addresses(app):
        if f"{method} {rule.rule}" in OPEN:
            continue
        answer = client.open(_path(rule), method=method, headers={"Sec-Fetch-Site": "same-origin"})
        if rule.rule.startswith("/api/"):
            assert answer.status_code == 401, rule
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), rule
        else:
            assert answer.status_code in {302, 303}, rule
            assert "/sign-in" in answer.headers["Location"], rule


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_changed_for_a_foreign_page(app: Flask, client: FlaskClient, method: str) -> None:
    for allowed, rule in _addresses(app):
        if allowed == method and not rule.rule.startswith("/api/"):
            answer = client.open(_path(rule), method=method, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, rule
