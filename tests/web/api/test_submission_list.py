from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.api.test_submissions import send
from tests.web.conftest import GiveToken


def test_submissions_are_listed_newest_first_page_by_page(client: FlaskClient, token: dict[str, str]) -> None:
    sent = [send(client, token).json["id"] for _ in range(5)]
    address, seen = "/api/v1/submissions?limit=2", []
    while address:
        reply: Any = client.get(address, headers=token)
        seen += [item["id"] for item in reply.json["items"]]
        link = reply.headers.get("Link", "")
        assert ('rel="next"' in link) == (reply.json["next"] is not None)
        address = link.partition("<")[2].partition(">")[0]
    assert seen == sent[::-1]


def test_the_list_can_be_of_one_learner_or_exercise(client: FlaskClient, token: dict[str, str]) -> None:
    send(client, token, learner_ref="a")
    send(client, token, learner_ref="b", exercise="step-network-forward", answers={})
    for query, learners in {"learner_ref=a": ["a"], "exercise=step-network-forward": ["b"], "": ["b", "a"]}.items():
        reply: Any = client.get(f"/api/v1/submissions?{query}", headers=token)
        assert [item["learner_ref"] for item in reply.json["items"]] == learners


def test_a_graded_submission_shows_its_score_in_the_list(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    send(client, token)
    grade_all()
    reply: Any = client.get("/api/v1/submissions", headers=token)
    item = reply.json["items"][0]
    assert item["status"] == "graded"
    assert item["score"]["given"] == item["score"]["max"]


def test_other_clients_submissions_are_not_listed(client: FlaskClient, give_token: GiveToken) -> None:
    send(client, give_token("lms"))
    assert client.get("/api/v1/submissions", headers=give_token("other")).json == {"items": [], "next": None}


def test_a_students_own_token_lists_only_the_students(client: FlaskClient, give_token: GiveToken) -> None:
    own = give_token("web", email="an@example.edu")
    send(client, give_token("web"), learner_ref="binh@example.edu")
    send(client, own, learner_ref="an@example.edu")
    reply: Any = client.get("/api/v1/submissions", headers=own)
    assert [item["learner_ref"] for item in reply.json["items"]] == ["an@example.edu"]


def test_a_students_own_token_cannot_ask_for_another_learners_list(client: FlaskClient, give_token: GiveToken) -> None:
    own = give_token("web", email="an@example.edu")
    reply: Any = client.get("/api/v1/submissions?learner_ref=binh@example.edu", headers=own)
    assert reply.status_code == 403
    assert reply.json["type"].endswith("#foreign-learner")


def test_a_query_that_is_off_is_refused_by_parameter(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for query, parameter in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1_0", "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=2", "limit"),
        ("learner=s1", "learner"),
        ("learner_ref=%00", "learner_ref"),
        ("exercise=A%20B", "exercise"),
    ]:
        with subtests.test(query=query, parameter=parameter):
            reply: Any = client.get(f"/api/v1/submissions?{query}", headers=token)
            assert reply.status_code == 422
            assert [flaw["parameter"] for flaw in reply.json["errors"]] == [parameter]


def test_a_cursor_that_we_did_not_give_out_is_refused(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for cursor in ["x", "é", "AAAA", "W10", "bnVsbA", "WyIyMDI2LTAxLTAxIiwgMV0", "%00", "a" * 600]:
        with subtests.test(cursor=cursor):
            reply: Any = client.get("/api/v1/submissions", query_string={"cursor": cursor}, headers=token)
            assert reply.status_code == 422
