"""A learner is found by a reference in any letter case, unless several learners match."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.store import accounts
from grader.store.submission_tables import Learner
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.web.conftest import GiveToken

PATH = "/api/v1/submissions"
Headers = dict[str, str]


@pytest.fixture
def own(services: WebServices, classroom: Classroom) -> Headers:
    request = TokenRequest("own", "web", tuple(Scope), timedelta(hours=1), email=classroom.students[0].email)
    return {"Authorization": f"Bearer {create_token(services.sessions, request, services.clock()).plain}"}


def send(client: FlaskClient, headers: Headers, learner: str | None = None, **more: Any) -> Any:
    named = {} if learner is None else {"learner_ref": learner}
    return client.post(PATH, json={"exercise": "and-gate", "answers": {}, **named, **more}, headers=headers)


def refs(client: FlaskClient, headers: Headers, learner: str) -> tuple[int, list[str]]:
    reply: Any = client.get(PATH, query_string={"learner_ref": learner}, headers=headers)
    return reply.status_code, [item["learner_ref"] for item in reply.json.get("items", [])]


def test_a_learner_who_is_known_is_found_in_another_letter_case(client: FlaskClient, token: Headers) -> None:
    assert [send(client, token, ref).status_code for ref in ("Student-7", "student-7", "STUDENT-7")] == [202] * 3
    for ref in ("Student-7", "student-7", "sTUDENT-7"):
        assert refs(client, token, ref) == (200, ["Student-7"] * 3)
    assert refs(client, token, "student-8") == (200, [])


def test_the_same_reference_of_a_submission_is_the_same_in_another_letter_case(
    client: FlaskClient, token: Headers
) -> None:
    first, again = (send(client, token, ref, client_ref="attempt-1") for ref in ("Student-7", "student-7"))
    assert first.json["id"] == again.json["id"]


def test_where_several_may_be_meant_that_is_said_and_what_to_do(
    client: FlaskClient, token: Headers, services: WebServices
) -> None:
    with services.sessions.begin() as session:
        lms = accounts.ensure_client(session, "lms")
        for ref in ("anna", "ANNA"):
            session.execute(insert(Learner).values(client_id=lms, ref=ref))
    assert send(client, token, "anna").status_code == 202
    assert refs(client, token, "ANNA") == (200, [])
    replies = [
        send(client, token, "Anna"),
        client.get(PATH, query_string={"learner_ref": "Anna"}, headers=token),
    ]
    for reply in replies:
        told: Any = reply.json
        assert (told["status"], told["type"]) == (409, "/api/docs#ambiguous-learner")
        assert "'ANNA', 'anna'" in told["detail"]
        assert "Write it exactly as one of them" in told["detail"]


def test_learners_of_different_clients_are_never_taken_for_each_other(
    client: FlaskClient, token: Headers, give_token: GiveToken
) -> None:
    send(client, token, "Student-7")
    other = give_token("other")
    send(client, other, "student-7")
    assert refs(client, other, "STUDENT-7") == (200, ["student-7"])


def test_our_own_pages_know_students_by_their_e_mail(
    client: FlaskClient, give_token: GiveToken, classroom: Classroom, services: WebServices, assign: Assign
) -> None:
    web, sara, shouted = give_token("web"), classroom.students[0].email, classroom.students[0].email.upper()
    assignment = assign("and-gate", opens_at=None, due_at=None)
    assert send(client, web, shouted).status_code == 202
    assert send(client, web, shouted, assignment=assignment).status_code == 202
    mark: Any = client.get(f"/api/v1/assignments/{assignment}/mark?learner_ref={shouted}", headers=web)
    assert (mark.status_code, mark.json["learner_ref"], mark.json["attempts_used"]) == (200, sara, 1)
    assert refs(client, web, shouted) == (200, [sara, sara])
    with services.sessions() as session:
        assert session.scalars(select(func.count()).select_from(Learner)).one() == 1


def test_a_students_own_token_may_write_its_learner_in_any_case(
    client: FlaskClient, own: Headers, classroom: Classroom
) -> None:
    sara, shouted = classroom.students[0].email, classroom.students[0].email.upper()
    assert send(client, own, shouted).status_code == 202
    assert refs(client, own, shouted) == (200, [sara])
    assert client.get(f"/api/v1/exercises/and-gate?learner_ref={shouted}", headers=own).status_code == 200
    assert send(client, own, classroom.students[1].email.upper()).status_code == 403
