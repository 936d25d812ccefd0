import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from grader.weightfiles.limits import MOST_BYTES
from tests.web.conftest import GiveToken

WEIGHTS = Path(__file__).parents[2] / "fixtures" / "weights"
PATH = "/api/v1/submissions"


def form(content: bytes, name: str = "moons.pt", **fields: str) -> dict[str, Any]:
    told = {"exercise": "dense-two-moons", "learner_ref": "ana", **fields}
    return {**told, "weights": FileStorage(io.BytesIO(content), name)}


def post(client: FlaskClient, token: dict[str, str], data: dict[str, Any], **headers: str) -> TestResponse:
    boundary, body = encode_multipart(data)  # by ourselves: the client would leave a temporary file open
    return client.post(
        PATH, data=body, headers=token | headers, content_type=f"multipart/form-data; boundary={boundary}"
    )


@pytest.mark.process
def test_a_file_is_sent_as_a_form_and_its_report_told(
    client: FlaskClient, give_token: GiveToken, grade_all: Callable[[], None]
) -> None:
    token = give_token()
    reply = post(client, token, form((WEIGHTS / "moons.safetensors").read_bytes(), "моя сеть.safetensors"))
    assert reply.status_code == 202, reply.text
    grade_all()
    told = client.get(reply.headers["Location"], headers=token).get_json()
    assert told["score"] == {"given": 10.0, "max": 10.0}
    assert told["fields"]["weights"]["entered"] == "моя сеть.safetensors"
    assert told["trained"]["source"] == "safetensors"
    assert told["trained"]["accuracy"] > 0.95
    assert told["rows"] == []


@pytest.mark.process
def test_a_file_that_cannot_be_used_has_a_status_of_its_own_and_a_reason(
    client: FlaskClient, give_token: GiveToken, grade_all: Callable[[], None]
) -> None:
    token = give_token()
    reply = post(client, token, form((WEIGHTS / "moons-whole-model.pt").read_bytes()))
    assert reply.status_code == 202, reply.text
    grade_all()
    told = client.get(reply.headers["Location"], headers=token).get_json()
    assert (told["status"], told["score"], told["fields"]) == ("unusable", None, {})
    assert "Save model.state_dict(), not the model." in told["failure"]
    (line,) = client.get(f"{PATH}?learner_ref=ana", headers=token).get_json()["items"]
    assert (line["status"], line["score"]) == ("unusable", None)
    assert client.get("/api/v1/results", headers=token).get_json()["items"] == []


@pytest.mark.process
def test_weights_may_be_typed_in_json_where_fields_are_asked_too(
    client: FlaskClient, give_token: GiveToken, grade_all: Callable[[], None]
) -> None:
    token = give_token()
    data = form((WEIGHTS / "lecture.npz").read_bytes(), exercise="backprop-2-2-2-train", answers='{"w1": 0.15}')
    reply = post(client, token, data)
    assert reply.status_code == 202, reply.text
    grade_all()
    told = client.get(reply.headers["Location"], headers=token).get_json()
    assert told["score"] == {"given": 8.0, "max": 8.0}
    assert told["trained"]["loss"] < 1e-4


def test_the_exercise_says_which_part_takes_a_file(client: FlaskClient, give_token: GiveToken) -> None:
    parts = client.get("/api/v1/exercises/dense-two-moons", headers=give_token()).get_json()["parts"]
    assert [part["upload"] for part in parts] == ["weights"]
    parts = client.get("/api/v1/exercises/and-gate", headers=give_token()).get_json()["parts"]
    assert [part["upload"] for part in parts] == [None]


def test_the_same_form_with_the_same_key_is_one_submission(client: FlaskClient, give_token: GiveToken) -> None:
    token, content = give_token(), (WEIGHTS / "moons.pt").read_bytes()
    first, again = (post(client, token, form(content), **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = post(client, token, form(content + b" "), **{"Idempotency-Key": "k"})
    assert other.status_code == 422


def test_a_file_where_none_is_asked_is_named(client: FlaskClient, give_token: GiveToken) -> None:
    reply = post(client, give_token(), form(b"{}", exercise="and-gate"))
    assert reply.status_code == 422
    assert [(flaw["field"], flaw["code"]) for flaw in reply.get_json()["errors"]] == [("weights", "unknown-field")]


def test_a_file_in_the_place_of_a_number_is_named(client: FlaskClient, give_token: GiveToken) -> None:
    data = {"exercise": "and-gate", "learner_ref": "ana", "w1": FileStorage(io.BytesIO(b"{}"), "w1.json")}
    reply = post(client, give_token(), data)
    assert reply.status_code == 422
    assert [(flaw["field"], flaw["code"]) for flaw in reply.get_json()["errors"]] == [("w1", "wrong-type")]


def test_text_in_the_place_of_a_file_is_named(client: FlaskClient, give_token: GiveToken) -> None:
    body = {"exercise": "dense-two-moons", "learner_ref": "ana", "answers": {"weights": "0.5"}}
    reply = client.post(PATH, json=body, headers=give_token())
    assert reply.status_code == 422
    assert [(flaw["field"], flaw["code"]) for flaw in reply.get_json()["errors"]] == [("weights", "wrong-type")]


def test_an_empty_file_and_one_of_another_kind_are_refused_at_once(client: FlaskClient, give_token: GiveToken) -> None:
    for content in (b"", b"GIF89a"):
        reply = post(client, give_token(), form(content))
        assert reply.status_code == 422
        assert [flaw["code"] for flaw in reply.get_json()["errors"]] == ["unusable-file"]


@pytest.mark.long
def test_a_file_of_sixteen_mebibytes_is_taken_and_a_larger_one_refused(
    client: FlaskClient, give_token: GiveToken
) -> None:
    token = give_token()
    padded = b"{" + b" " * (MOST_BYTES - 2) + b"}"
    assert post(client, token, form(padded)).status_code == 202
    assert post(client, token, form(padded + b" ")).status_code == 422
    assert post(client, token, form(padded + b" " * (1 << 20))).status_code == 413


def test_json_keeps_its_own_limit(client: FlaskClient, give_token: GiveToken) -> None:
    body = json.dumps({"exercise": "dense-two-moons", "answers": {}, "client_ref": "x" * (1 << 20)})
    reply = client.post(PATH, data=body, headers=give_token(), content_type="application/json")
    assert reply.status_code == 413


def test_fields_that_stand_twice_and_answers_that_are_no_json_are_refused(
    client: FlaskClient, give_token: GiveToken
) -> None:
    token = give_token()
    twice = post(client, token, {"exercise": ["dense-two-moons", "and-gate"], "learner_ref": "ana"})
    assert twice.status_code == 422
    broken = post(client, token, form(b"{}", answers="{"))
    assert broken.status_code == 422
    assert [flaw["pointer"] for flaw in broken.get_json()["errors"]] == ["/answers"]


def test_a_seed_in_a_form_is_a_number(client: FlaskClient, give_token: GiveToken) -> None:
    token, content = give_token(), (WEIGHTS / "moons.json").read_bytes()
    assert post(client, token, form(content, seed="5")).status_code == 202
    reply = post(client, token, form(content, seed="five"))
    assert [flaw["pointer"] for flaw in reply.get_json()["errors"]] == ["/seed"]
