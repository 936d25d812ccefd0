from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from grader.store.database import Sessions
from grader.store.submission_tables import Submission, Waiting
from grader.store.submissions import SPACING
from tests.fixtures.round_trips import round_trips

RIGHT = {"w0": "-1.5", "w1": "1", "w2": "1"}


def item(number: int, **other: Any) -> dict[str, Any]:
    return {"exercise": "and-gate", "learner_ref": f"s{number}", "answers": RIGHT} | other


def send(client: FlaskClient, token: dict[str, str], *items: dict[str, Any], **headers: str) -> Any:
    return client.post("/api/v1/submissions/bulk", json={"items": items}, headers=token | headers)


def stored(sessions: Sessions) -> int:
    with sessions() as session:
        waiting, sent = (session.scalar(select(func.count()).select_from(rows)) for rows in (Waiting, Submission))
    assert waiting == sent
    return sent or 0


def test_each_item_is_stored_as_if_it_came_alone_and_workers_are_woken_once(
    client: FlaskClient, token: dict[str, str], sessions: Sessions, woken: list[str]
) -> None:
    reply = send(client, token, *map(item, range(10)))
    assert reply.status_code == 202
    assert [one["problem"] for one in reply.json["items"]] == [None] * 10
    assert woken == ["wake"]
    assert stored(sessions) == 10
    for number, one in enumerate(reply.json["items"]):
        shown: Any = client.get(f"/api/v1/submissions/{one['id']}", headers=token).json
        assert (shown["learner_ref"], shown["status"]) == (f"s{number}", "pending")


def test_a_hundred_of_known_learners_take_two_round_trips_to_the_database(
    client: FlaskClient, token: dict[str, str], sessions: Sessions
) -> None:
    """One reads the token and one stores them all; the first request has made the learners."""
    for _ in range(6):  # psycopg prepares a statement that it has seen five times
        send(client, token, *map(item, range(100)))
    with round_trips(sessions) as taken:
        reply = send(client, token, *map(item, range(100)))
        assert len(taken) == 2
    assert all(one["status"] == "pending" for one in reply.json["items"])


def test_what_is_refused_says_so_in_its_place_and_the_others_are_stored(
    client: FlaskClient, token: dict[str, str], sessions: Sessions
) -> None:
    bad = (
        item(1, exercise="no-such-exercise"),
        item(2, answers={"w0": "one half"}),
        item(3, assignment=1),
        item(4, answers={"w9": "1"}),
    )
    reply = send(client, token, item(0), *bad, item(5))
    first, *refused, last = reply.json["items"]
    assert (first["problem"], last["problem"]) == (None, None)
    assert [one["problem"]["status"] for one in refused] == [404, 422, 404, 422]
    assert refused[1]["problem"]["errors"][0]["pointer"] == "/answers/w0"
    assert {one["id"] for one in refused} == {None}
    assert stored(sessions) == 2


def test_a_refused_item_has_the_problem_that_it_gets_alone(client: FlaskClient, token: dict[str, str]) -> None:
    sent = item(1, answers={"w0": "one half", "w9": "1"})
    alone: Any = client.post("/api/v1/submissions", json=sent, headers=token).json
    problem = send(client, token, sent).json["items"][0]["problem"]
    flaws = [{name: value for name, value in flaw.items() if value is not None} for flaw in problem["errors"]]
    assert {**problem, "errors": flaws} == {"incident": None} | alone


def test_a_request_that_is_repeated_with_its_key_stores_nothing_twice(
    client: FlaskClient, token: dict[str, str], sessions: Sessions
) -> None:
    replies = [send(client, token, *map(item, range(3)), **{"Idempotency-Key": "one"}) for _ in range(2)]
    assert replies[0].json == replies[1].json
    assert stored(sessions) == 3


def test_the_same_reference_twice_is_one_submission(
    client: FlaskClient, token: dict[str, str], sessions: Sessions
) -> None:
    reply = send(client, token, *[item(1, client_ref="once")] * 3)
    assert len({one["id"] for one in reply.json["items"]}) == 1
    other = send(client, token, item(1, client_ref="once", answers={"w0": "2"}), item(2))
    assert [one["problem"] and one["problem"]["status"] for one in other.json["items"]] == [409, None]
    assert stored(sessions) == 2


def test_many_of_one_learner_take_turns_with_others(
    client: FlaskClient, token: dict[str, str], sessions: Sessions
) -> None:
    send(client, token, item(1), item(2))
    send(client, token, *[item(1)] * 5, item(2))
    with sessions() as session:
        turns = session.scalars(select(Waiting.turn).order_by(Waiting.learner_id, Waiting.turn)).all()
    spaced = [later - earlier for earlier, later in pairwise(turns[:6])]
    assert min(spaced) >= SPACING
    assert turns[6] < turns[2]


@pytest.mark.parametrize(("count", "pointer"), [(0, "/items"), (101, "/items")])
def test_none_and_more_than_a_hundred_are_refused(
    client: FlaskClient, token: dict[str, str], count: int, pointer: str
) -> None:
    reply = send(client, token, *map(item, range(count)))
    assert reply.status_code == 422
    assert reply.json["errors"][0]["pointer"] == pointer


def test_an_item_that_is_no_submission_is_named_and_nothing_is_stored(
    client: FlaskClient, token: dict[str, str], sessions: Sessions
) -> None:
    reply = send(client, token, item(0), {"exercise": "and-gate"})
    assert reply.status_code == 422
    assert reply.json["errors"][0]["pointer"].startswith("/items/1")
    assert stored(sessions) == 0
