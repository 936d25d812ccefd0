"""One PostgreSQL and one Valkey for the whole run; a fresh database for each test that asks for one."""

import structlog

# the default shows an exception in colours with the variables of every frame, which takes seconds
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

pytest_plugins = [
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
