import tomllib
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.store.database import Sessions
from tests.fixtures.round_trips import round_trips
from tests.web.conftest import EXERCISES, GiveToken

SAMPLES = {
    path.parts[-4]: path
    for path in sorted(EXERCISES.glob("*/answers/correct/*.toml"))
    if "file =" not in path.read_text(encoding="utf-8")
}
"""A right answer per exercise that can be typed."""


def figures(path: Path) -> dict[str, str]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def send(client: FlaskClient, token: dict[str, str], **body: Any) -> Any:
    body = {"exercise": "and-gate", "learner_ref": "s1", "answers": {"w0": "-1.5", "w1": "1", "w2": "1"}} | body
    return client.post("/api/v1/submissions", json=body, headers=token)


def test_a_submission_is_accepted_stored_and_a_worker_woken(
    client: FlaskClient, token: dict[str, str], woken: list[str]
) -> None:
    reply = send(client, token)
    assert reply.status_code == 202
    assert reply.json["status"] == "pending"
    assert reply.headers["Location"] == f"/api/v1/submissions/{reply.json['id']}"
    assert int(reply.headers["Retry-After"]) > 0
    assert woken == ["wake"]


def test_practice_of_a_client_takes_two_round_trips_to_the_database(
    client: FlaskClient, token: dict[str, str], sessions: Sessions
) -> None:
    """One reads the token and one stores the submission, once learner and exercise are known."""
    for _ in range(6):  # psycopg prepares a statement that it has seen five times
        send(client, token)
    with round_trips(sessions) as taken:
        reply = send(client, token)
        assert len(taken) == 2
        client.get(reply.headers["Location"], headers=token)
        assert len(taken) == 4


def test_before_it_is_judged_it_is_pending_without_a_score(client: FlaskClient, token: dict[str, str]) -> None:
    reply: Any = client.get(send(client, token).headers["Location"], headers=token)
    assert reply.status_code == 200
    assert reply.json["status"] == "pending"
    assert reply.json["score"] is None
    assert reply.json["fields"] == {}
    assert "Retry-After" in reply.headers


@pytest.mark.parametrize("slug", sorted(SAMPLES))
def test_the_lectures_figures_are_correct(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None], slug: str
) -> None:
    answers = figures(SAMPLES[slug])
    reply = send(client, token, exercise=slug, answers=answers)
    grade_all()
    told: Any = client.get(reply.headers["Location"], headers=token).json
    assert told["status"] == "graded"
    assert {field["verdict"] for field in told["fields"].values()} == {"correct"}
    assert told["score"]["given"] == pytest.approx(told["score"]["max"])
    assert told["first_wrong"] is None
    assert {name: field["entered"] for name, field in told["fields"].items()} == answers
    assert (told["exercise"], told["learner_ref"]) == (slug, "s1")
    assert told["graded_at"] >= told["submitted_at"]


def test_json_numbers_are_judged_and_shown_by_their_text(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    body = '{"exercise":"and-gate","learner_ref":"s","answers":{"w0":-1.50,"w1":1.0,"w2":1e0}}'
    headers = token | {"Content-Type": "application/json"}
    place = client.post("/api/v1/submissions", data=body, headers=headers).headers["Location"]
    grade_all()
    told: Any = client.get(place, headers=token).json
    assert [field["entered"] for field in told["fields"].values()] == ["-1.50", "1.0", "1e0"]
    assert {field["verdict"] for field in told["fields"].values()} == {"correct"}
    assert [row["right"] for row in told["rows"]] == [True, True, True, True]


def test_blank_null_and_absent_fields_are_missing(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    place = send(client, token, exercise="backprop-2-2-2", answers={"net_h1": " ", "net_h2": None}).headers["Location"]
    grade_all()
    told: Any = client.get(place, headers=token).json
    assert {field["verdict"] for field in told["fields"].values()} == {"missing"}
    assert told["score"]["given"] == 0


@pytest.mark.long
def test_waiting_gives_the_report_as_soon_as_it_is_there(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    place = send(client, token).headers["Location"]
    worker = Timer(0.2, grade_all)
    worker.start()
    reply: Any = client.get(place, headers=token | {"Prefer": "wait=20"})
    worker.join()
    assert reply.json["status"] == "graded"
    assert reply.headers["Preference-Applied"] == "wait=20"


@pytest.mark.long
def test_waiting_in_vain_ends_with_pending(client: FlaskClient, token: dict[str, str]) -> None:
    reply: Any = client.get(send(client, token).headers["Location"], headers=token | {"Prefer": "wait=1"})
    assert reply.json["status"] == "pending"


def test_the_same_client_ref_is_answered_with_the_same_submission(client: FlaskClient, token: dict[str, str]) -> None:
    first, second = (send(client, token, client_ref="attempt-1") for _ in range(2))
    assert first.json["id"] == second.json["id"]


def test_the_same_client_ref_for_other_answers_is_a_conflict(client: FlaskClient, token: dict[str, str]) -> None:
    send(client, token, client_ref="attempt-1")
    reply = send(client, token, client_ref="attempt-1", answers={"w0": "2"})
    assert reply.status_code == 409
    assert reply.json["type"].endswith("#client-ref-taken")


def test_a_students_own_token_needs_no_learner_ref(client: FlaskClient, give_token: GiveToken) -> None:
    own = give_token("web", email="an@example.edu")
    reply: Any = client.post("/api/v1/submissions", json={"exercise": "and-gate", "answers": {}}, headers=own)
    assert reply.status_code == 202
    told: Any = client.get(reply.headers["Location"], headers=own).json
    assert told["learner_ref"] == "an@example.edu"


def test_a_clients_token_must_name_the_learner(client: FlaskClient, token: dict[str, str]) -> None:
    reply: Any = client.post("/api/v1/submissions", json={"exercise": "and-gate", "answers": {}}, headers=token)
    assert reply.status_code == 422
    assert reply.json["errors"][0]["pointer"] == "/learner_ref"
