"""The people of a course in front of their browsers."""

from tests.web.pages.courses.conftest import BrowserOf, browser_of, clock

__all__ = ["BrowserOf", "browser_of", "clock"]
