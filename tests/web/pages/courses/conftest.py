"""The people of a course in front of their browsers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.authentication import SignedIn
from grader.services.accounts.tokens import create_sign_in_link
from grader.web.dependencies import WebServices
from tests.fixtures.course import Clock

BrowserOf = Callable[[SignedIn], FlaskClient]
"""Takes somebody who is registered; gives the browser in which he is signed in."""


@pytest.fixture
def clock(services: WebServices) -> Clock:
    """The time of the web's own clock: what is open in a week is so for the pages too."""
    return Clock(services.clock())


@pytest.fixture
def browser_of(app: Flask, services: WebServices) -> BrowserOf:
    def sign_in(who: SignedIn) -> FlaskClient:
        link = create_sign_in_link(services.sessions, who.email, services.clock(), timedelta(hours=1))
        client = app.test_client()
        assert client.post(f"/sign-in/link/{link.plain}").status_code == 303
        return client

    return sign_in
