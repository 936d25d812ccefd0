"""Pages about whole classes are read from the replica; everything else, and they too while it is away, from the primary."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.store.database import Sessions, connect
from grader.store.migrate import upgrade
from grader.web.dependencies import Replica, WebServices, attach


@pytest.fixture
def behind(empty_database_url: str) -> Iterator[Sessions]:
    """A replica that has not heard of anything yet, so that what was read there can be told."""
    upgrade(empty_database_url)
    sessions = connect(empty_database_url)
    yield sessions
    sessions.kw["bind"].dispose()


def read_from(services: WebServices) -> str:
    with services.reading_classes() as session:
        return str(session.connection().engine.url)


def test_without_a_replica_the_primary_is_read(services: WebServices) -> None:
    assert read_from(services) == str(services.sessions.kw["bind"].url)


def test_with_a_replica_it_is_read(services: WebServices, behind: Sessions) -> None:
    assert read_from(replace(services, replica=Replica(behind))) == str(behind.kw["bind"].url)


def test_while_the_replica_is_away_the_primary_is_read_and_the_replica_left_alone(
    services: WebServices, monkeypatch: pytest.MonkeyPatch, behind: Sessions
) -> None:
    now = [100.0]
    monkeypatch.setattr("grader.web.dependencies.monotonic", lambda: now[0])
    away = Replica(connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing"))
    with_replica = replace(services, replica=away)
    assert read_from(with_replica) == str(services.sessions.kw["bind"].url)
    away.sessions = behind  # it is back, but is not asked at once
    assert read_from(with_replica) == str(services.sessions.kw["bind"].url)
    now[0] += 5
    assert read_from(with_replica) == str(behind.kw["bind"].url)


def test_signing_in_and_sending_never_touch_the_replica(
    app: Flask, services: WebServices, give_token: Callable[..., dict[str, str]]
) -> None:
    away = Replica(connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing"))
    attach(app, replace(services, replica=away))
    client: FlaskClient = app.test_client()
    body = {"exercise": "backprop-2-2-2", "learner_ref": "one", "answers": {"net_h1": "0.3775"}}
    assert client.post("/api/v1/submissions", json=body, headers=give_token()).status_code == 202
    assert away._resting_until == 0  # it has not been asked
