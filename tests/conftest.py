"""One PostgreSQL and one Valkey for the whole run; a fresh database for each test that asks for one."""

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.database",
    "tests.fixtures.broker",
    "tests.fixtures.worker",
    "tests.fixtures.machine",
    "tests.fixtures.course",
    "tests.fixtures.classroom",
    "tests.fixtures.varied",
]
