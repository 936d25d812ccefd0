"""An instructor's browser before an assignment that students have answered."""

from tests.web.pages.courses.conftest import BrowserOf, browser_of, clock

__all__ = ["BrowserOf", "browser_of", "clock"]
