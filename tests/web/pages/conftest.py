"""People in front of browsers."""

import re
import tomllib
from collections.abc import Callable, Mapping
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from grader.services.accounts.registration import Person, register
from grader.store.grading_queue import Fault, add_failure
from grader.store.submission_tables import Waiting
from grader.vocabulary import Role
from grader.web.dependencies import WebServices
from tests.fixtures.signed_in import sign_in
from tests.web.conftest import EXERCISES

Browser = Callable[..., FlaskClient]
"""Takes an e-mail and a role; gives the browser of somebody who is registered now and signed in."""

STEP = {"v3": "2", "v4": "1", "y3": "1", "y4": "1", "v5": "1", "y5": "1"}


@pytest.fixture
def browser(app: Flask, services: WebServices) -> Browser:
    def registered(email: str = "an@example.org", role: Role = Role.STUDENT) -> FlaskClient:
        register(services.sessions, Person(email, email.partition("@")[0].title(), role), services.clock())
        return sign_in(app, services, email)

    return registered


@pytest.fixture
def student(browser: Browser) -> FlaskClient:
    return browser()


@pytest.fixture
def instructor(browser: Browser) -> FlaskClient:
    return browser("teacher@example.org", Role.INSTRUCTOR)


@pytest.fixture
def administrator(browser: Browser) -> FlaskClient:
    return browser("ada@example.org", Role.ADMINISTRATOR)


def send(client: FlaskClient, slug: str = "step-network-forward", answers: Mapping[str, str] = STEP) -> str:
    """Send the form of an exercise, and give the address of the submission."""
    reply = client.post(f"/exercises/{slug}", data=answers)
    assert reply.status_code == 303, reply.text
    assert re.fullmatch(r"/submissions/[0-9a-f-]{36}", reply.location)
    return reply.location


def set_aside(
    services: WebServices, submission: str, reason: str = "The grader stopped.", *, unusable: bool = False
) -> None:
    """Do what the worker does after the last try, or with an unusable file; `submission` is the address of its page."""
    submission_id = UUID(submission.rpartition("/")[2])
    with services.sessions.begin() as session:
        session.execute(delete(Waiting).where(Waiting.submission_id == submission_id))
        add_failure(
            session, submission_id, Fault(3, reason, services.clock(), {"file.empty": {}} if unusable else None)
        )


def sample(slug: str, name: str) -> dict[str, str]:
    """Read the sample answers of an exercise, `correct/lecture` for example."""
    return tomllib.loads((EXERCISES / slug / "answers" / f"{name}.toml").read_text(encoding="utf-8"))


def verdicts(html: str) -> dict[str, str]:
    """Give the verdicts of a report by field."""
    return dict(re.findall(r'data-field="(\w+)" data-verdict="(\w+)"', html))


def row(html: str, field: str) -> str:
    """Give the text of a field's row, tags taken out."""
    found = re.search(rf'<tr [^>]*data-field="{field}".*?</tr>', html, re.DOTALL)
    assert found, f"no row of {field}"
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())
