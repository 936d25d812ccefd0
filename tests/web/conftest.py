"""The web application over a database of the test's own, with a wake-up that is only counted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from pydantic import SecretStr
from sqlalchemy.orm import Session, sessionmaker

from grader.catalog.load import Catalog, load_catalog
from grader.services.accounts.authentication import Scope
from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.services.grading.drain import drain
from grader.settings import Settings
from grader.store.database import connect
from grader.web.app import create_app
from grader.web.dependencies import WebServices, attach
from grader.web.limits import limit

EXERCISES = Path(__file__).parents[2] / "exercises"
NOWHERE = "redis://127.0.0.1:1/0"


class CompiledTemplates(BytecodeCache):
    """Keeps what Jinja made of each template; its key tells a changed template from the one before."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the compiled template if it is stored."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


GiveToken = Callable[..., dict[str, str]]
"""Takes client, scopes, email and lifetime; gives the headers that carry the token."""


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The exercises that are delivered."""
    return load_catalog(EXERCISES)


@pytest.fixture
def woken() -> list[str]:
    """One entry for each wake-up that was sent."""
    return []


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of the test's own database; the broker's address leads nowhere."""
    return _settings(database_url)


@cache
def _settings(database_url: str) -> Settings:
    """Return the settings, read once per process (reading the environment is slow); they are immutable."""
    return Settings(
        database_url=database_url,
        redis_url=NOWHERE,
        secret_key=SecretStr("a secret of the tests alone"),
        exercises_dir=EXERCISES,
    )


@pytest.fixture
def services(settings: Settings, sessions: sessionmaker[Session], catalog: Catalog, woken: list[str]) -> WebServices:
    """What the views work with."""
    return WebServices(settings, sessions, catalog, lambda: woken.append("wake"), lambda: datetime.now(UTC))


@pytest.fixture(scope="session")
def compiled_templates() -> CompiledTemplates:
    """Templates need to be compiled once, not for the application of each test."""
    return CompiledTemplates()


@pytest.fixture(scope="session")
def process_services() -> WebServices:
    """Services that lead nowhere, to build an application over; a test attaches its own."""
    settings = Settings(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        redis_url=NOWHERE,
        secret_key=SecretStr("a secret of the tests alone"),
        exercises_dir=EXERCISES,
    )
    sessions = connect(str(settings.database_url))
    return WebServices(settings, sessions, Catalog({}), lambda: None, lambda: datetime.now(UTC))


@pytest.fixture(scope="session")
def process_app(process_services: WebServices, compiled_templates: CompiledTemplates) -> Flask:
    """The one application of this process: building it takes as long as ten requests.

    A test takes `app`, or `fresh_app` where it changes the application itself.
    """
    return _with_templates(create_app(process_services), compiled_templates)


@pytest.fixture
def app(process_app: Flask, services: WebServices) -> Flask:
    """The application over the services of this test, with nothing counted yet."""
    attach(process_app, services)
    limit(process_app, services.settings.redis_url)
    return process_app


@pytest.fixture
def fresh_app(services: WebServices, compiled_templates: CompiledTemplates) -> Flask:
    """An application of this test's own, for tests that add addresses to it or replace its views."""
    return _with_templates(create_app(services), compiled_templates)


def _with_templates(app: Flask, compiled: CompiledTemplates) -> Flask:
    app.jinja_env.bytecode_cache = compiled
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or a program."""
    return app.test_client()


@pytest.fixture
def give_token(services: WebServices) -> GiveToken:
    """Makes a token and gives the header that carries it; with an e-mail it is that (registered) student's own."""

    def give(
        client: str = "lms",
        scopes: tuple[str, ...] = tuple(Scope),
        email: str | None = None,
        lifetime: timedelta = timedelta(hours=1),
    ) -> dict[str, str]:
        now = services.clock()
        if email is not None:
            register(services.sessions, Person(email, "A student"), now)
        request = TokenRequest("test", client, scopes, lifetime, email)
        return {"Authorization": f"Bearer {create_token(services.sessions, request, now).plain}"}

    return give


@pytest.fixture
def token(give_token: GiveToken) -> dict[str, str]:
    """The header of an LMS that may do everything."""
    return give_token()


@pytest.fixture
def grade_all(services: WebServices) -> Callable[[], None]:
    """Does what the worker does, now."""

    def grade() -> None:
        drain(services.sessions, services.catalog, services.clock)

    return grade


@pytest.fixture
def app_without_database(services: WebServices) -> Flask:
    """The same application when PostgreSQL is away."""
    return create_app(replace(services, sessions=connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing")))
