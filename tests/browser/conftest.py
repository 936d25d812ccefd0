import pytest

INSTALLING = 900
"""The first test of a machine without Chromium installs one; the pages themselves have much shorter patience."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium_browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(INSTALLING))
