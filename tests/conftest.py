"""One PostgreSQL and one Valkey for the whole run; a fresh database for each test that asks for one."""

from typing import Final

import pytest

pytest_plugins = ["pytester", "tests.fixtures.heap", "tests.fixtures.order", "tests.fixtures.servers"]

WHERE_TESTS_RUN: Final = (
    "tests.fixtures.marks",
    "tests.fixtures.sparing",
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
)
"""What imports the product, which takes two seconds: the controller of xdist, for which all others wait, runs no test."""

pytest.register_assert_rewrite(*WHERE_TESTS_RUN)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures, but in a process that only deals tests to others."""
    deals = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    for plugin in () if deals else WHERE_TESTS_RUN:
        config.pluginmanager.import_plugin(plugin)
