"""Every field of a form is read like its JSON, whichever way the form is written."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from grader.judging.policy import Policy
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.store.submission_tables import Submission
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.web.api.test_files import WEIGHTS

PATH = "/api/v1/submissions"
KINDS = ("multipart/form-data", "application/x-www-form-urlencoded")
Post = Callable[..., Any]


@pytest.fixture(params=KINDS)
def post(request: pytest.FixtureRequest, client: FlaskClient, token: dict[str, str]) -> Post:
    """Sends fields as a form of each kind."""

    def send(headers: dict[str, str] | None = None, **fields: str) -> Any:
        data = {"exercise": "and-gate", "learner_ref": "s1", **fields}
        asked = {"headers": headers or token}
        if request.param != KINDS[0]:
            return client.post(PATH, data=data, content_type=request.param, **asked)
        boundary, body = encode_multipart(data)
        return client.post(PATH, data=body, content_type=f"{request.param}; boundary={boundary}", **asked)

    return send


def pointers(reply: Any) -> list[tuple[int, str]]:
    return [(reply.status_code, flaw["pointer"]) for flaw in reply.json["errors"]]


def test_a_form_answers_an_assignment(post: Post, services: WebServices, classroom: Classroom, assign: Assign) -> None:
    request = TokenRequest("own", "web", tuple(Scope), timedelta(hours=1), email=classroom.students[0].email)
    own = {"Authorization": f"Bearer {create_token(services.sessions, request, services.clock()).plain}"}
    assignment_id = assign("and-gate", Policy(), opens_at=None, due_at=None)
    sent = post(
        own, learner_ref=classroom.students[0].email, assignment=str(assignment_id), answers='{"w0": -1.5, "w1": "1"}'
    )
    assert sent.status_code == 202, sent.text
    with services.sessions() as session:
        stored = session.scalars(select(Submission)).one()
    assert stored.assignment_id == assignment_id
    assert stored.answers["w1"] == "1"


def test_every_field_of_a_form_arrives(post: Post, client: FlaskClient, token: dict[str, str]) -> None:
    sent = post(client_ref="attempt-1", seed="7", answers='{"w0": "-1,5"}')
    assert sent.status_code == 202, sent.text
    told: Any = client.get(sent.headers["Location"], headers=token).json
    assert (told["exercise"], told["learner_ref"], told["client_ref"]) == ("and-gate", "s1", "attempt-1")


def test_a_whole_number_may_be_written_as_in_json(post: Post, subtests: pytest.Subtests) -> None:
    for seed in ["0", "7.0", "7e0", " 7 ", "", str(10**18), str(2**63 - 1), "null"]:
        with subtests.test(seed=seed):
            assert post(seed=seed).status_code == 202


def test_what_is_no_whole_number_is_named(post: Post, subtests: pytest.Subtests) -> None:
    for name in ("seed", "assignment"):
        for value in [
            "fourteen",
            "1.5",
            "-1",
            "1e-99999999999999999999",
            "9" * 5000,
            "NaN",
            "true",
            "[14]",
            "{",
            '"1"',
        ]:
            with subtests.test(name=name, value=value[:20]):
                assert pointers(post(**{name: value})) == [(422, f"/{name}")]


def test_a_text_is_never_taken_for_json(post: Post) -> None:
    assert post(client_ref="12", learner_ref="null").status_code == 202


def test_answers_that_are_no_object_or_no_json_are_named(post: Post) -> None:
    assert pointers(post(answers="[1]")) == [(422, "/answers")]
    assert pointers(post(answers='{"w0": 1')) == [(422, "/answers")]
    assert pointers(post(answers='{"w0": true}')) == [(422, "/answers/w0")]


def test_a_field_that_is_not_asked_for_is_named(post: Post) -> None:
    assert pointers(post(assignement="14")) == [(422, "/assignement")]


def test_a_urlencoded_form_is_read_strictly(client: FlaskClient, token: dict[str, str]) -> None:
    def status(body: bytes) -> int:
        return client.post(PATH, data=body, content_type=KINDS[1], headers=token).status_code

    assert status(b"exercise=and-gate&learner_ref=s1") == 202
    assert status(b"exercise=and-gate&exercise=and-gate&learner_ref=s1") == 422
    assert status(b"exercise=%ff&learner_ref=s1") == 400
    assert status(b"&".join(b"x%d=1" % number for number in range(2000))) == 422
    assert status(b"exercise=" + b"a" * (1 << 20)) == 413


@pytest.mark.process
def test_answers_may_come_as_a_file_beside_the_weights(
    client: FlaskClient, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    def send(answers: bytes, *typed: str) -> Any:
        data = {
            "exercise": "backprop-2-2-2-train",
            "learner_ref": "ana",
            "answers": [FileStorage(io.BytesIO(answers), "answers.json"), *typed],
            "weights": FileStorage(io.BytesIO((WEIGHTS / "lecture.npz").read_bytes()), "lecture.npz"),
        }
        boundary, body = encode_multipart(data)
        return client.post(PATH, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=token)

    sent = send(json.dumps({"w1": 0.15}).encode())
    assert sent.status_code == 202, sent.text
    grade_all()
    told: Any = client.get(sent.headers["Location"], headers=token).json
    assert told["score"] == {"given": 8.0, "max": 8.0}
    assert pointers(send(b"\xff")) == [(422, "/answers")]
    assert send(b" " * ((1 << 20) + 1)).status_code == 413
    assert send(b"{}", "{}").status_code == 422
