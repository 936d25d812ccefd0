from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from grader.services.submissions.idempotency import KeyedRequest, reserve_key
from grader.web.app import create_app
from grader.web.dependencies import WebServices
from tests.web.api.test_submissions import send
from tests.web.conftest import GiveToken

BODY = b'{"exercise":"and-gate","learner_ref":"s1","answers":{"w0":"1"}}'


def post(client: FlaskClient, token: dict[str, str], key: str = "k1", body: bytes = BODY) -> Any:
    headers = token | {"Idempotency-Key": key, "Content-Type": "application/json"}
    return client.post("/api/v1/submissions", data=body, headers=headers)


def stored(services: WebServices) -> int:
    with services.sessions() as session:
        return int(session.scalar(text("SELECT count(*) FROM submissions")) or 0)


def test_the_same_request_again_gets_the_same_reply(
    client: FlaskClient, token: dict[str, str], services: WebServices
) -> None:
    first, second = post(client, token), post(client, token)
    assert (first.status_code, first.data) == (second.status_code, second.data) == (202, first.data)
    for name in ("Location", "Retry-After", "Content-Type"):
        assert first.headers[name] == second.headers[name]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert stored(services) == 1


def test_the_same_key_with_another_body_is_refused(client: FlaskClient, token: dict[str, str]) -> None:
    post(client, token)
    reply = post(client, token, body=BODY.replace(b"s1", b"s2"))
    assert reply.status_code == 422
    assert reply.json["type"].endswith("#key-reused")


def test_keys_of_different_tokens_have_nothing_to_do_with_each_other(
    client: FlaskClient, give_token: GiveToken, services: WebServices
) -> None:
    first, second = post(client, give_token()), post(client, give_token())
    assert first.json["id"] != second.json["id"]
    assert stored(services) == 2


def test_without_a_key_each_request_counts(client: FlaskClient, token: dict[str, str], services: WebServices) -> None:
    assert send(client, token).json["id"] != send(client, token).json["id"]
    assert stored(services) == 2


def test_what_was_refused_leaves_the_key_free(client: FlaskClient, token: dict[str, str]) -> None:
    assert post(client, token, body=BODY.replace(b'"1"', b'"x"')).status_code == 422
    assert post(client, token).status_code == 202


def token_id(services: WebServices) -> int:
    with services.sessions() as session:
        return int(session.scalar(text("SELECT id FROM tokens")) or 0)


def test_a_key_in_flight_is_a_conflict(client: FlaskClient, token: dict[str, str], services: WebServices) -> None:
    keyed = KeyedRequest(token_id(services), "k1", "POST", "/api/v1/submissions", BODY)
    reserve_key(services.sessions, keyed, services.clock())
    reply = post(client, token)
    assert reply.status_code == 409
    assert int(reply.headers["Retry-After"]) > 0


def test_a_request_whose_server_died_after_storing_is_stored_once(
    app: Flask, token: dict[str, str], services: WebServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise OSError("the lights went out")

    with monkeypatch.context() as dying:
        dying.setattr("grader.web.api.routing.idempotency.complete_key", die)
        assert post(app.test_client(), token).status_code == 500
    assert stored(services) == 1
    later = create_app(replace(services, clock=lambda: services.clock() + timedelta(minutes=2)))
    assert post(later.test_client(), token).status_code == 202
    assert stored(services) == 1


def test_a_key_that_is_none_is_refused(client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests) -> None:
    for key in ["", " ", "a b", "é", "k" * 201]:
        with subtests.test(key=key):
            reply = post(client, token, key)
            assert reply.status_code == 400
            assert reply.json["errors"][0]["header"] == "Idempotency-Key"


def test_the_longest_key_is_taken(client: FlaskClient, token: dict[str, str]) -> None:
    assert post(client, token, "~" * 200).status_code == 202
