from functools import cache

import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from grader.settings import Settings
from grader.web.app import create_app
from grader.web.dependencies import wire
from tests.fixtures.machine import CHECKOUT
from tools.messages import collect


@pytest.fixture
def app() -> Flask:
    """The application without database or broker: laws about addresses need neither."""
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/nothing",
        redis_url="redis://127.0.0.1:1/0",
        secret_key=SecretStr("a secret of the tests alone"),
        exercises_dir=CHECKOUT / "exercises",
    )
    return create_app(wire(settings))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client without an account."""
    return app.test_client()


@cache
def collected() -> Catalog:
    """All that is said to people, collected once a process; who reads it leaves it as it is."""
    return collect()
