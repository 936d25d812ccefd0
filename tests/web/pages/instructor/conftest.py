"""The people of a course, as in the tests of its own pages."""

from tests.web.pages.courses.conftest import browser_of, clock

__all__ = ["browser_of", "clock"]
