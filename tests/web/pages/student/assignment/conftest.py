"""A student at an assignment, at a time that the test says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.authentication import SignedIn
from grader.services.accounts.tokens import create_sign_in_link
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Classroom
from tests.fixtures.course import Clock

BrowserOf = Callable[[SignedIn], FlaskClient]


@pytest.fixture
def services(services: WebServices, clock: Clock) -> WebServices:
    """What the views work with, at the time of the test."""
    return replace(services, clock=clock)


@pytest.fixture
def browser_of(app: Flask, services: WebServices) -> BrowserOf:
    def sign_in(who: SignedIn) -> FlaskClient:
        link = create_sign_in_link(services.sessions, who.email, services.clock(), timedelta(hours=1))
        client = app.test_client()
        assert client.post(f"/sign-in/link/{link.plain}").status_code == 303
        return client

    return sign_in


@pytest.fixture
def sara(browser_of: BrowserOf, classroom: Classroom) -> FlaskClient:
    return browser_of(classroom.students[0])
