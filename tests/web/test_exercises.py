"""If judging raises, the page says that the fault is ours, and what to do."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.web import exercises
from tests.fixtures import poison
from tests.web.pages.conftest import browser, instructor

__all__ = ["browser", "instructor"]

POISONED = {"v3": poison.RAISES}
SLUG = "step-network-forward"


@pytest.fixture(autouse=True)
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging that raises on one value."""
    monkeypatch.setattr(exercises, "judge", poison.poisoned)


def test_a_check_says_that_it_is_our_fault_and_may_be_sent_again(client: FlaskClient, token: dict[str, str]) -> None:
    path = f"/api/v1/exercises/{SLUG}/check"
    reply: Any = client.post(path, json={"answers": POISONED}, headers=token)
    assert (reply.status_code, reply.mimetype) == (503, "application/problem+json")
    assert reply.json["type"] == "/api/docs#not-judged"
    assert "on our side" in reply.json["detail"]
    assert "no attempt is counted" in reply.json["detail"]
    assert reply.json["incident"] in reply.json["detail"]
    assert reply.headers["Retry-After"] == "5"
    assert "ZeroDivisionError" not in reply.text
    assert client.post(path, json={"answers": {"v3": "2"}}, headers=token).status_code == 200


def test_so_does_the_page_on_which_an_instructor_tries_an_exercise(instructor: FlaskClient) -> None:
    reply = instructor.post(f"/instructor/exercises/{SLUG}/preview", data=POISONED)
    assert reply.status_code == 503
    assert "because of an error on our side" in reply.text
    assert "Try again." in reply.text
    assert "ZeroDivisionError" not in reply.text
