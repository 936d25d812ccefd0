"""A student at an assignment, at a time that the test says."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.authentication import SignedIn
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Classroom
from tests.fixtures.course import Clock
from tests.fixtures.signed_in import sign_in

BrowserOf = Callable[[SignedIn], FlaskClient]


@pytest.fixture
def services(services: WebServices, clock: Clock) -> WebServices:
    """What the views work with, at the time of the test."""
    return replace(services, clock=clock)


@pytest.fixture
def browser_of(app: Flask, services: WebServices) -> BrowserOf:
    return lambda who: sign_in(app, services, who.email)


@pytest.fixture
def sara(browser_of: BrowserOf, classroom: Classroom) -> FlaskClient:
    return browser_of(classroom.students[0])
