"""One database with two courses, filled once for all of these tests, and brought back after whatever changed it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import event

from grader.catalog.load import Catalog, load_catalog
from grader.settings import Settings
from grader.store.database import connect
from grader.web.app import create_app
from grader.web.auth import COOKIE
from grader.web.dependencies import WebServices
from grader.web.limits import limit
from tests.fixtures.database import copied_database
from tests.fixtures.reused_database import ReusedDatabase
from tests.fixtures.servers import Servers
from tests.fixtures.small_course import EXERCISES
from tests.fixtures.two_courses import TwoCourses, fill

WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "WITH")


@dataclass(slots=True)
class Site:
    """The web application over both courses.

    Attributes:
        written: statements since the database was last brought back that may have changed it.
        filled: all rows as the courses were filled in.
    """

    app: Flask
    courses: TwoCourses
    database: ReusedDatabase
    written: list[str] = field(default_factory=list)
    filled: frozenset[str] = frozenset()

    def browser(self, who: str) -> FlaskClient:
        """Return a person's browser; "anonymous" has no cookie."""
        client = self.app.test_client()
        if who in self.courses.cookies:
            client.set_cookie(COOKIE, self.courses.cookies[who])
        return client

    def bearer(self, who: str) -> dict[str, str]:
        """Return the header of a token; none for "no token"."""
        plain = self.courses.bearers.get(who)
        return {} if plain is None else {"Authorization": f"Bearer {plain}"}

    def has_changed(self) -> bool:
        """Return whether a row was added, changed or deleted since the courses were filled in."""
        return bool(self.written) and self.database.rows() != self.filled

    def restore(self) -> None:
        """Bring back the database if anything was written."""
        if self.written:
            self.database.reset()
            self.written.clear()


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(EXERCISES)


@pytest.fixture(scope="session")
def filled(servers: Servers, template: str, xdist_worker: int, catalog: Catalog) -> Iterator[tuple[str, TwoCourses]]:
    """The name of a database with both courses, to be cloned, and what is in it."""
    name = f"two_courses_{xdist_worker}"
    with copied_database(servers.postgres_url, name, template) as url:
        _number_apart(url)
        sessions = connect(url)
        try:
            courses = fill(sessions, catalog)
        finally:
            sessions.kw["bind"].dispose()
        yield name, courses


def _number_apart(url: str) -> None:
    """Have the ids of each table begin elsewhere, so that no id of one thing is that of another."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        names = connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'").fetchall()
        for number, (name,) in enumerate(sorted(names), 1):
            connection.execute(sql.SQL("SELECT setval({}, {})").format(name, number * 1000))


@pytest.fixture(scope="session")
def whole_site(servers: Servers, xdist_worker: int, filled: tuple[str, TwoCourses], catalog: Catalog) -> Iterator[Site]:
    name, courses = filled
    database = ReusedDatabase(servers.postgres_url, f"attacked_{xdist_worker}", name)
    settings = Settings(
        database_url=database.url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key=SecretStr("a secret of the tests alone"),
        exercises_dir=EXERCISES,
        metrics_token=SecretStr("a token of the tests alone"),
    )
    services = WebServices(settings, database.sessions, catalog, lambda: None, lambda: datetime.now(UTC))
    site = Site(create_app(services), courses, database)
    site.filled = database.rows()
    event.listen(database.sessions.kw["bind"], "before_cursor_execute", _noting_in(site.written))
    yield site
    database.close()


def _noting_in(written: list[str]) -> Any:
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            written.append(statement)

    return note


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """The site as it was filled, whatever other tests did to it, with nothing counted yet."""
    limit(whole_site.app, whole_site.app.extensions["grader"].settings.redis_url)
    yield whole_site
    whole_site.restore()
