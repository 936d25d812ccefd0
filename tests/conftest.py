"""One PostgreSQL and one Valkey for the whole run; a fresh database for each test that asks for one."""

from collections.abc import Iterator

import pytest
import structlog
from argon2 import PasswordHasher, profiles

from grader.services.accounts import passwords

# the default shows an exception in colours with the variables of every frame, which takes seconds
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

pytest_plugins = [
    "pytester",
    "tests.fixtures.heap",
    "tests.fixtures.marks",
    "tests.fixtures.order",
    "tests.fixtures.servers",
    "tests.fixtures.database",
    "tests.fixtures.broker",
    "tests.fixtures.worker",
    "tests.fixtures.machine",
    "tests.fixtures.course",
    "tests.fixtures.classroom",
    "tests.fixtures.regrading",
    "tests.fixtures.smtp",
    "tests.fixtures.issuer",
    "tests.fixtures.varied",
    "tests.fixtures.site",
    "tests.fixtures.browser",
]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[PasswordHasher]:
    """Passwords are hashed in under a millisecond; gives the real hasher, which takes 64 MiB and a core's attention."""
    real = passwords._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher.from_parameters(profiles.CHEAPEST))
        passwords._nobodys_hash.cache_clear()
        yield real
