"""What a web server tells Prometheus and its log."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from structlog.testing import LogCapture

from grader.services.maintenance import RecentWork
from grader.store.database import connect
from grader.web import metrics
from grader.web.dependencies import WebServices, attach

TOKEN = "a token for the metrics"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def observed(app: Flask, services: WebServices) -> FlaskClient:
    """A client of an application whose metrics have a token."""
    wanted: dict[str, Any] = {"metrics_token": SecretStr(TOKEN), "log_requests": True}
    attach(app, replace(services, settings=services.settings.model_copy(update=wanted)))
    return app.test_client()


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """What the metrics module logs, with the names bound to the request."""
    captured = LogCapture()
    kept = metrics.log
    metrics.log = structlog.wrap_logger(None, processors=[structlog.contextvars.merge_contextvars, captured])
    yield captured.entries
    metrics.log = kept


def values(client: FlaskClient, name: str) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", headers=SHOWN)
    assert answer.status_code == 200
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == name
    }


def test_without_a_token_in_the_settings_there_are_no_metrics(client: FlaskClient) -> None:
    assert client.get("/metrics", headers=SHOWN).status_code == 404


@pytest.mark.parametrize("given", [None, "", "Bearer ", "Bearer another", TOKEN, f"Bearer {TOKEN} ", "Bearer \udcff"])
def test_without_the_token_nothing_is_shown(observed: FlaskClient, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    answer = observed.open(
        "/metrics", environ_overrides={"HTTP_AUTHORIZATION": given} if given else {}, headers=headers
    )
    assert (answer.status_code, "nn_grader" in answer.text) == (401, False)


def test_a_request_is_counted_by_endpoint_method_and_status(observed: FlaskClient) -> None:
    before = values(observed, "nn_grader_requests_total")
    observed.get("/healthz")
    observed.get("/sign-in/link/a-secret")
    observed.get("/no/such/page")
    after = values(observed, "nn_grader_requests_total")
    new = {labels for labels, count in after.items() if count == before.get(labels, 0) + 1}
    assert new >= {("health.healthz", "GET", "200"), ("other", "GET", "404")}
    assert not any("secret" in part for labels in after for part in labels)


def test_methods_that_do_not_exist_are_one(observed: FlaskClient) -> None:
    for method in ("BREW", "WHEN"):
        observed.open("/healthz", method=method)
    assert {labels[1] for labels in values(observed, "nn_grader_requests_total")} <= {*metrics.METHODS, "other"}


def test_latencies_leave_out_requests_that_wait_for_a_report(observed: FlaskClient) -> None:
    def timed() -> float:
        return values(observed, "nn_grader_request_seconds_count").get(("health.healthz", "GET"), 0)

    before = timed()
    observed.get("/healthz")
    observed.get("/healthz", headers={"Prefer": "wait=30"})
    assert timed() == before + 1


def test_what_waits_is_counted_until_it_is_judged(
    observed: FlaskClient, give_token: Callable[..., dict[str, str]]
) -> None:
    assert values(observed, "nn_grader_submissions_waiting") == {(): 0}
    body = {"exercise": "backprop-2-2-2", "learner_ref": "one", "answers": {"net_h1": "0.3775"}}
    sent = observed.post("/api/v1/submissions", json=body, headers=give_token())
    assert sent.status_code == 202
    assert values(observed, "nn_grader_submissions_waiting") == {(): 1}
    (oldest,) = values(observed, "nn_grader_submissions_waiting_oldest_seconds").values()
    assert 0 < oldest < 3600


def test_however_many_ask_the_queue_is_counted_once_in_a_while(services: WebServices) -> None:
    recent, now = RecentWork(timedelta(seconds=5)), services.clock()
    first = recent.read(services.sessions, now)
    assert recent.read(services.sessions, now + timedelta(seconds=4.9)) is first
    assert recent.read(services.sessions, now + timedelta(seconds=5)) is not first


def test_connections_to_the_database_are_counted(observed: FlaskClient) -> None:
    assert set(values(observed, "nn_grader_database_connections")) == {("in use",), ("idle",)}


def test_without_its_database_a_server_still_tells_of_its_requests(
    app: Flask, observed: FlaskClient, services: WebServices
) -> None:
    away = connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    known = services.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    attach(app, replace(services, settings=known, sessions=away))
    assert values(observed, "nn_grader_submissions_waiting") == {}
    assert values(observed, "nn_grader_requests_total")


def test_a_line_of_log_names_a_request_by_its_id_and_its_route(observed: FlaskClient, lines: list[Any]) -> None:
    observed.get("/sign-in/link/a-secret", headers={"X-Request-Id": "from-the-proxy.1"})
    (line,) = lines
    assert line.pop("seconds") >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "request_id": "from-the-proxy.1",
        "route": "/sign-in/link/<token>",
        "status": 403,
    }


def test_no_line_is_written_unless_it_is_wanted(client: FlaskClient, lines: list[Any]) -> None:
    client.get("/healthz")
    assert lines == []
