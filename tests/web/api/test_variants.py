"""Given values of a learner's own, as the API tells and takes them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.policy import Policy
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.services.submissions.variants import SEED_BITS, values_of_seed
from grader.store.submission_tables import Learner, Submission, Variant
from grader.store.tables import Base
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.varied import SLUG, right_with
from tests.web.conftest import GiveToken

EXERCISE = f"/api/v1/exercises/{SLUG}"
Headers = dict[str, str]
Givens = dict[str, float]


@pytest.fixture
def catalog(varied_catalog: Catalog) -> Catalog:
    return varied_catalog


@pytest.fixture
def own_token(give_token: GiveToken) -> Headers:
    return give_token("web", ("submit", "read", "check"), email="an@example.org")


def test_without_a_learner_the_printed_values_are_told_and_nothing_is_stored(
    client: FlaskClient, token: Headers, varied: LoadedExercise, services: WebServices
) -> None:
    told = look(client, token)
    assert givens(told) == {given.name: given.value for given in varied.exercise.givens}
    assert (told["varies"], told["redrawn_at"]) == (True, None)
    assert rows(services, Variant) == rows(services, Learner) == 0


def test_every_learner_has_values_of_the_learners_own_from_the_first_look_on(
    client: FlaskClient, token: Headers, services: WebServices
) -> None:
    first = [givens(look(client, token, learner_ref=who)) for who in ("s1", "s2", "s1")]
    assert first[0] == first[2] != first[1]
    assert first[0] != givens(look(client, token))
    assert rows(services, Variant) == 2


def test_the_statement_says_the_learners_values_too(client: FlaskClient, token: Headers) -> None:
    told = look(client, token, learner_ref="s1")
    assert f"$x_1 = {givens(told)['x1']:g}$" in told["statement"]
    assert "{{" not in told["statement"]


def test_a_students_own_token_sees_what_it_is_judged_by(
    client: FlaskClient, own_token: Headers, varied: LoadedExercise, grade_all: Callable[[], None]
) -> None:
    own = givens(look(client, own_token))
    place = send(client, own_token, varied, own)
    grade_all()
    told: Any = client.get(place, headers=own_token).json
    assert told["givens"] == own == givens(look(client, own_token, learner_ref="an@example.org"))
    assert {field["verdict"] for field in told["fields"].values()} == {"correct"}


def test_values_are_drawn_with_the_first_submission_if_nobody_looked_before(
    client: FlaskClient, token: Headers, varied: LoadedExercise, grade_all: Callable[[], None]
) -> None:
    place = send(client, token, varied, None, learner_ref="s1")
    grade_all()
    told: Any = client.get(place, headers=token).json
    assert told["givens"] == givens(look(client, token, learner_ref="s1"))
    assert told["fields"]["net_o1"]["verdict"] not in {"correct", "follows"}


def test_a_token_of_one_learner_cannot_see_anothers_values(client: FlaskClient, own_token: Headers) -> None:
    reply: Any = client.get(EXERCISE, query_string={"learner_ref": "s2"}, headers=own_token)
    assert (reply.status_code, reply.json["type"]) == (403, "/api/docs#foreign-learner")


def test_an_instructor_may_choose_a_seed(
    client: FlaskClient, token: Headers, varied: LoadedExercise, services: WebServices, grade_all: Callable[[], None]
) -> None:
    chosen = values_of_seed(varied, 7)
    assert chosen is not None
    assert givens(look(client, token, seed="7")) == chosen.givens
    place = send(client, token, varied, chosen.givens, learner_ref="s1", seed=7)
    body = {"answers": answers(varied, chosen.givens), "seed": 7}
    checked = client.post(f"{EXERCISE}/check", json=body, headers=token)
    grade_all()
    told: Any
    for told in (client.get(place, headers=token).json, checked.json):
        assert {field["verdict"] for field in told["fields"].values()} == {"correct"}
    assert rows(services, Variant) == 0


def test_without_a_seed_a_check_judges_by_the_printed_values(
    client: FlaskClient, token: Headers, varied: LoadedExercise
) -> None:
    body = {"answers": answers(varied, None), "seed": None}
    told: Any = client.post(f"{EXERCISE}/check", json=body, headers=token).json
    assert told["score"]["given"] == told["score"]["max"]


def test_a_students_own_token_may_not_choose_a_seed(
    client: FlaskClient, own_token: Headers, varied: LoadedExercise, services: WebServices
) -> None:
    body = {"exercise": SLUG, "answers": answers(varied, None), "seed": 7}
    check = {"answers": body["answers"], "seed": 7}
    replies = [
        client.get(EXERCISE, query_string={"seed": 7}, headers=own_token),
        client.post("/api/v1/submissions", json=body, headers=own_token),
        client.post(f"{EXERCISE}/check", json=check, headers=own_token),
    ]
    told: list[Any] = [reply.json for reply in replies]
    assert [(problem["status"], problem["type"]) for problem in told] == [(403, "/api/docs#seed-refused")] * 3
    assert rows(services, Submission) == 0


@pytest.mark.parametrize("seed", ["0", str(2**SEED_BITS - 1), "7.0", "7e0"])
def test_a_seed_is_a_whole_number(client: FlaskClient, token: Headers, seed: str) -> None:
    assert check_with(client, token, seed).status_code == 200


@pytest.mark.parametrize(
    "seed", ["-1", str(2**SEED_BITS), "7.5", "1e999999999", "-1e999999999", "NaN", "Infinity", '"7"', "true", "[]"]
)
def test_what_is_no_seed_is_named_as_such(client: FlaskClient, token: Headers, seed: str) -> None:
    reply = check_with(client, token, seed)
    assert (reply.status_code, reply.json["errors"][0]["pointer"]) == (422, "/seed")


def test_another_seed_under_the_same_reference_is_another_submission(
    client: FlaskClient, token: Headers, varied: LoadedExercise
) -> None:
    body = {"exercise": SLUG, "learner_ref": "s1", "client_ref": "x", "answers": answers(varied, None), "seed": 7}
    statuses = [
        client.post("/api/v1/submissions", json=body | {"seed": seed}, headers=token).status_code for seed in (7, 7, 8)
    ]
    assert statuses == [202, 202, 409]


def look(client: FlaskClient, headers: Headers, **query: str) -> Any:
    reply = client.get(EXERCISE, query_string=query, headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json


def givens(told: Any) -> Givens:
    return {given["name"]: given["value"] for given in told["givens"]}


def answers(published: LoadedExercise, values: Any) -> dict[str, str]:
    return {name: entry.text for name, entry in right_with(published, values).items()}


def send(client: FlaskClient, headers: Headers, published: LoadedExercise, values: Any, **more: object) -> str:
    body = {"exercise": SLUG, "answers": answers(published, values), **more}
    reply = client.post("/api/v1/submissions", json=body, headers=headers)
    assert reply.status_code == 202, reply.text
    return reply.headers["Location"]


def check_with(client: FlaskClient, headers: Headers, seed: str) -> Any:
    body = f'{{"answers": {{}}, "seed": {seed}}}'
    return client.post(f"{EXERCISE}/check", data=body, content_type="application/json", headers=headers)


def rows(services: WebServices, model: type[Base]) -> int:
    with services.sessions() as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def test_each_assignment_draws_values_of_its_own_or_none(
    client: FlaskClient, services: WebServices, assign: Assign, classroom: Classroom
) -> None:
    request = TokenRequest("Sara's", "web", tuple(Scope), timedelta(hours=1), email=classroom.students[0].email)
    own = {"Authorization": f"Bearer {create_token(services.sessions, request, services.clock()).plain}"}
    always = {"opens_at": None, "due_at": None}
    drawn = []
    for policy in (Policy(), Policy(), Policy(variants=False)):
        body = {"exercise": SLUG, "assignment": assign(SLUG, policy, **always), "answers": {}}
        sent: Any = client.post("/api/v1/submissions", json=body, headers=own)
        shown: Any = client.get(sent.headers["Location"], headers=own)
        drawn.append(shown.json["givens"])
    assert drawn[0] != drawn[1]
    assert drawn[2] is None


@pytest.mark.parametrize("seed", ["1000000000000000000", str(2**63 - 1), "0", "007"])
def test_a_large_seed_is_read_wherever_one_is(
    client: FlaskClient, token: Headers, varied: LoadedExercise, seed: str
) -> None:
    chosen = values_of_seed(varied, int(seed))
    assert chosen is not None
    assert givens(look(client, token, seed=seed)) == chosen.givens
    sent: Any = client.post(
        "/api/v1/submissions", data={"exercise": SLUG, "learner_ref": "s1", "seed": str(int(seed))}, headers=token
    )
    assert sent.status_code == 202
    shown: Any = client.get(sent.headers["Location"], headers=token).json
    assert shown["givens"] == chosen.givens


@pytest.mark.parametrize("seed", [str(2**63), "-1", "9" * 400, "1e3", "+1", "1_0", "\N{ARABIC-INDIC DIGIT SEVEN}"])
def test_what_is_no_seed_in_a_query_is_named(client: FlaskClient, token: Headers, seed: str) -> None:
    reply: Any = client.get(EXERCISE, query_string={"seed": seed}, headers=token)
    assert (reply.status_code, reply.json["errors"][0]["parameter"]) == (422, "seed")
