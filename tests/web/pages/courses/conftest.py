"""The people of a course in front of their browsers."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.authentication import SignedIn
from grader.web.dependencies import WebServices
from tests.fixtures.course import Clock
from tests.fixtures.signed_in import sign_in

BrowserOf = Callable[[SignedIn], FlaskClient]
"""Takes somebody who is registered; gives the browser in which he is signed in."""


@pytest.fixture
def clock(services: WebServices) -> Clock:
    """The time of the web's own clock: what is open in a week is so for the pages too."""
    return Clock(services.clock())


@pytest.fixture
def browser_of(app: Flask, services: WebServices) -> BrowserOf:
    return lambda who: sign_in(app, services, who.email)
