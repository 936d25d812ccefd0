from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from grader.catalog.load import Catalog
from grader.web.dependencies import WebServices
from tests.web.api.test_submissions import SAMPLES, figures


def test_the_catalogue_lists_all_exercises(client: FlaskClient, token: dict[str, str], catalog: Catalog) -> None:
    reply: Any = client.get("/api/v1/exercises", headers=token)
    assert [item["slug"] for item in reply.json["items"]] == [published.slug for published in catalog]


def test_an_exercise_tells_what_is_asked_and_given(client: FlaskClient, token: dict[str, str]) -> None:
    told: Any = client.get("/api/v1/exercises/backprop-2-2-2", headers=token).json
    names = [field["name"] for part in told["parts"] for field in part["fields"]]
    assert names == [field["name"] for field in told["fields"]]
    assert {"net_h1", "E_total", "delta_o1", "w5_new", "E_total_new"} <= set(names)
    assert {given["name"]: given["value"] for given in told["givens"]}["w1"] == 0.15
    assert told["max_points"] == pytest.approx(sum(part["points"] for part in told["parts"]))
    assert told["statement"]


def test_an_exercise_never_tells_the_reference_values(client: FlaskClient, token: dict[str, str]) -> None:
    for slug in SAMPLES:
        told: Any = client.get(f"/api/v1/exercises/{slug}", headers=token)
        statement_and_givens = told.json["statement"] + str(told.json["givens"])
        for value in figures(SAMPLES[slug]).values():
            assert value in statement_and_givens or len(value) < 6 or value not in told.text


def test_the_statement_comes_in_the_language_that_is_liked_best(client: FlaskClient, token: dict[str, str]) -> None:
    reply: Any = client.get("/api/v1/exercises/and-gate", headers=token | {"Accept-Language": "xx, en;q=0.5"})
    assert reply.headers["Content-Language"] == reply.json["language"] == "en"


@pytest.mark.parametrize("slug", sorted(SAMPLES))
def test_a_check_gives_the_report_at_once_and_stores_nothing(
    client: FlaskClient, token: dict[str, str], services: WebServices, woken: list[str], slug: str
) -> None:
    body = {"answers": figures(SAMPLES[slug])}
    told: Any = client.post(f"/api/v1/exercises/{slug}/check", json=body, headers=token).json
    assert {field["verdict"] for field in told["fields"].values()} == {"correct"}
    assert told["exercise"] == slug
    assert woken == []
    with services.sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM submissions")) == 0


def test_a_check_names_every_unreadable_field(client: FlaskClient, token: dict[str, str]) -> None:
    body = {"answers": {"w0": "a", "w1": "b"}}
    reply: Any = client.post("/api/v1/exercises/and-gate/check", json=body, headers=token)
    assert reply.status_code == 422
    assert [flaw["field"] for flaw in reply.json["errors"]] == ["w0", "w1"]
