from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from grader.store.database import connect
from grader.web.app import create_app
from grader.web.dependencies import WebServices


def test_the_process_is_alive_even_without_its_database(app_without_database: Flask) -> None:
    reply = app_without_database.test_client().get("/healthz")
    assert (reply.status_code, reply.json) == (200, {"status": "ok"})


def test_it_is_ready_with_a_migrated_database_and_a_broker(services: WebServices, redis_url: str) -> None:
    settings = services.settings.model_copy(update={"redis_url": redis_url})
    reply = create_app(replace(services, settings=settings)).test_client().get("/readyz")
    assert (reply.status_code, reply.json) == (200, {"status": "ready", "database": "ok", "broker": "ok"})


def test_a_broker_that_is_away_is_told_and_does_no_harm(client: FlaskClient) -> None:
    reply: Any = client.get("/readyz")
    assert (reply.status_code, reply.json["broker"]) == (200, "unreachable")


def test_without_its_database_it_is_not_ready(app_without_database: Flask) -> None:
    reply: Any = app_without_database.test_client().get("/readyz")
    assert (reply.status_code, reply.json["database"]) == (503, "unreachable")


@pytest.mark.long
def test_before_the_migration_it_is_not_ready(services: WebServices, empty_database_url: str) -> None:
    sessions = connect(empty_database_url)
    reply: Any = create_app(replace(services, sessions=sessions)).test_client().get("/readyz")
    sessions.kw["bind"].dispose()
    assert (reply.status_code, reply.json["database"]) == (503, "not migrated")


@pytest.mark.parametrize(
    ("oldest", "status", "database"), [("0012", 200, "newer"), ("9999", 503, "too new")], ids=["expanded", "contracted"]
)
def test_beside_a_newer_schema_it_is_ready_if_it_works_with_it(
    services: WebServices, client: FlaskClient, oldest: str, status: int, database: str
) -> None:
    with services.sessions.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.execute(text("DELETE FROM schema_support"))
        session.execute(text("INSERT INTO schema_support VALUES (:oldest)"), {"oldest": oldest})
    reply: Any = client.get("/readyz")
    assert (reply.status_code, reply.json["database"]) == (status, database)
