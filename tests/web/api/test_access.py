from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.services.accounts.authentication import Scope
from grader.web.api.blueprint import OPERATIONS
from tests.web.api.test_submissions import send
from tests.web.conftest import GiveToken

PATHS = [(operation.method, f"/api/v1{operation.path}", operation.promise.scope) for operation in OPERATIONS]
SUBMISSION = "00000000-0000-4000-8000-000000000000"


def address(path: str) -> str:
    return (
        path.replace("<slug>", "and-gate")
        .replace("<uuid:submission_id>", SUBMISSION)
        .replace("<int:assignment_id>", "1")
    )


def test_nothing_is_told_without_a_token(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for method, path, scope in PATHS:
        with subtests.test(method=method, path=path, scope=scope):
            reply: Any = client.open(address(path), method=method, json={})
            assert (reply.status_code, reply.mimetype) == (401, "application/problem+json"), scope
            assert reply.headers["WWW-Authenticate"] == 'Bearer realm="nn-grader"'


def test_a_token_without_the_scope_is_refused(
    client: FlaskClient, give_token: GiveToken, subtests: pytest.Subtests
) -> None:
    for method, path, scope in PATHS:
        with subtests.test(method=method, path=path, scope=scope):
            others = give_token(scopes=tuple(one for one in Scope if one != scope))
            reply: Any = client.open(address(path), method=method, headers=others)
            if scope is None:
                assert reply.status_code == 200
            else:
                assert (reply.status_code, reply.json["type"]) == (403, "/api/docs#missing-scope")
                assert f"does not have the scope '{scope}'" in reply.json["detail"]
                assert f'error="insufficient_scope", scope="{scope}"' in reply.headers["WWW-Authenticate"]


def test_what_is_no_known_token_is_refused(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for authorization in [
        "Bearer nng_unknown",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "nng_x",
        "Bearer a b",
        "Bearer \u00e9",
        "",
    ]:
        with subtests.test(authorization=authorization):
            reply: Any = client.get("/api/v1/exercises", headers={"Authorization": authorization})
            assert reply.status_code == 401
            assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


def test_an_expired_token_is_refused(client: FlaskClient, give_token: GiveToken) -> None:
    reply: Any = client.get("/api/v1/exercises", headers=give_token(lifetime=timedelta(seconds=-1)))
    assert reply.status_code == 401
    assert reply.json["type"].endswith("#token-refused")


def test_the_name_of_the_scheme_may_be_written_in_any_case(client: FlaskClient, token: dict[str, str]) -> None:
    headers = {"Authorization": token["Authorization"].replace("Bearer", "bEARER")}
    assert client.get("/api/v1/exercises", headers=headers).status_code == 200


def test_a_cookie_opens_nothing_here(client: FlaskClient) -> None:
    client.set_cookie("session", "whatever")
    assert client.get("/api/v1/submissions").status_code == 401


def test_another_clients_submission_is_not_there(client: FlaskClient, give_token: GiveToken) -> None:
    place = send(client, give_token("lms")).headers["Location"]
    reply: Any = client.get(place, headers=give_token("other"))
    assert reply.status_code == 404
    assert reply.json["type"].endswith("#unknown-submission")


def test_another_learners_submission_is_forbidden_to_a_students_own_token(
    client: FlaskClient, give_token: GiveToken
) -> None:
    place = send(client, give_token("web"), learner_ref="binh@example.edu").headers["Location"]
    reply: Any = client.get(place, headers=give_token("web", email="an@example.edu"))
    assert reply.status_code == 403
    assert reply.json["type"].endswith("#foreign-learner")


def test_a_students_own_token_cannot_submit_for_another(
    client: FlaskClient, give_token: GiveToken, woken: list[str]
) -> None:
    reply = send(client, give_token("web", email="an@example.edu"), learner_ref="binh@example.edu")
    assert reply.status_code == 403
    assert woken == []


def test_a_client_may_see_all_that_it_sent(client: FlaskClient, give_token: GiveToken) -> None:
    own = give_token("web", email="an@example.edu")
    place = send(client, own, learner_ref="an@example.edu").headers["Location"]
    assert client.get(place, headers=give_token("web")).status_code == 200


def test_an_unknown_submission_is_not_there(client: FlaskClient, token: dict[str, str]) -> None:
    assert client.get(f"/api/v1/submissions/{SUBMISSION}", headers=token).status_code == 404
