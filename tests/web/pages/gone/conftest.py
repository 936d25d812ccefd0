"""An assignment with graded submissions whose exercise's folder has since been deleted."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from grader.catalog.load import Catalog
from grader.settings import Settings
from grader.web.dependencies import WebServices
from tests.fixtures.regrading import SLUG, WIDE, Exam, Office
from tests.web.pages.courses.conftest import browser_of, clock

__all__ = ["browser_of", "clock"]


@pytest.fixture
def services(settings: Settings, sessions: sessionmaker[Session], catalog: Catalog) -> WebServices:
    served = Catalog({slug: one for slug, one in catalog.published.items() if slug != SLUG})
    return WebServices(settings, sessions, served, lambda: None, lambda: datetime.now(UTC))


@pytest.fixture
def gone(office: Office) -> Exam:
    """Both students have 1 of 35."""
    office.applied(WIDE)
    return office.exam
