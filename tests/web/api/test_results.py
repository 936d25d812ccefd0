from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.api.test_submissions import send
from tests.web.conftest import GiveToken

GOOD, BAD = {"w0": "-1.5", "w1": "1", "w2": "1"}, {"w0": "1", "w1": "1", "w2": "1"}


def test_results_are_each_learners_best(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    best = send(client, token, answers=GOOD).json["id"]
    send(client, token, answers=BAD)
    grade_all()
    reply: Any = client.get("/api/v1/results", headers=token)
    (item,) = reply.json["items"]
    assert (item["learner_ref"], item["exercise"], item["attempts"]) == ("s1", "and-gate", 2)
    assert item["score"]["given"] == item["score"]["max"]
    assert item["submission_id"] == best


def test_what_is_not_graded_yet_is_no_result(client: FlaskClient, token: dict[str, str]) -> None:
    send(client, token)
    assert client.get("/api/v1/results", headers=token).json == {"items": [], "next": None}


def test_only_what_changed_since_is_listed(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    send(client, token)
    grade_all()
    reply: Any = client.get("/api/v1/results", headers=token)
    changed = datetime.fromisoformat(reply.json["items"][0]["updated_at"])
    for moment, count in [(changed, 1), (changed + timedelta(hours=1), 0)]:
        reply = client.get("/api/v1/results", query_string={"updated_since": moment.isoformat()}, headers=token)
        assert len(reply.json["items"]) == count


def test_results_come_page_by_page(client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]) -> None:
    for number in range(5):
        send(client, token, learner_ref=f"s{number}")
    grade_all()
    address, seen = "/api/v1/results?limit=2&updated_since=2026-01-01T00:00:00Z", []
    while address:
        reply: Any = client.get(address, headers=token)
        seen += [item["learner_ref"] for item in reply.json["items"]]
        address = reply.headers.get("Link", "").partition("<")[2].partition(">")[0]
    assert sorted(seen) == [f"s{number}" for number in range(5)]


def test_a_students_own_token_gets_no_results_whatever_its_scopes(client: FlaskClient, give_token: GiveToken) -> None:
    assert client.get("/api/v1/results", headers=give_token("web", email="an@example.edu")).status_code == 403


def test_other_clients_results_are_not_listed(
    client: FlaskClient, give_token: GiveToken, grade_all: Callable[[], None]
) -> None:
    send(client, give_token("lms"))
    grade_all()
    assert client.get("/api/v1/results", headers=give_token("other")).json == {"items": [], "next": None}


def test_times_are_read_as_rfc_3339_says(client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests) -> None:
    for moment, status in {
        "2026-01-31T12:00:00Z": 200,
        "2026-01-31t12:00:00.123456z": 200,
        "2026-01-31T12:00:00%2B07:00": 200,
        "2026-01-31T12:00:00+07:00": 200,
        "0001-01-01T00:00:00%2B14:00": 200,
        "9999-12-31T23:59:59-12:00": 200,
        "2026-01-31T12:00:00": 422,
        "2026-01-31": 422,
        "1769860800": 422,
        "2026-13-31T12:00:00Z": 422,
        "yesterday": 422,
        "": 422,
    }.items():
        with subtests.test(moment=moment):
            assert client.get(f"/api/v1/results?updated_since={moment}", headers=token).status_code == status
