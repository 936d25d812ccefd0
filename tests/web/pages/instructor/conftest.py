"""A class in front of its browsers: the fixtures of its course, an open assignment, answers to it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from grader.judging.answers import Entry
from grader.judging.policy import Policy
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.submitting import submit_for
from tests.web.pages.conftest import STEP
from tests.web.pages.courses.conftest import BrowserOf, browser_of, clock

__all__ = ["browser_of", "clock"]

Answer = Callable[..., str]
"""Takes the number of a student, and answers; sends them to the assignment and grades them."""


@pytest.fixture
def assignment(assign: Assign, services: WebServices) -> int:
    now = services.clock()
    return assign(policy=Policy(variants=False), opens_at=now - timedelta(days=2), due_at=now + timedelta(days=2))


@pytest.fixture
def page(assignment: int) -> str:
    return f"/assignments/{assignment}/dashboard"


@pytest.fixture
def answer(services: WebServices, classroom: Classroom, assignment: int, grade_all: Callable[[], None]) -> Answer:
    def send(student: int = 0, *, grade: bool = True, **changed: str) -> str:
        published = services.catalog.find("step-network-forward")
        entries = {name: Entry(text) for name, text in (STEP | changed).items()}
        sent = submit_for(
            services.sessions,
            published,
            classroom.learner(student),
            entries,
            services.clock(),
            assignment_id=assignment,
        )
        if grade:
            grade_all()
        return f"/submissions/{sent.id}"

    return send


@pytest.fixture
def teacher(classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    return browser_of(classroom.instructor)
