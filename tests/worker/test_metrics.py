"""What a worker tells Prometheus."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest
from celery import Task
from prometheus_client import CollectorRegistry, Counter, Histogram

from grader.services.accounts.password_reset import SentResets
from grader.services.grading.context import GradingStats
from grader.services.regrading.worker import RegradeStats
from worker.metrics import TaskMetrics, protected

TOKEN = "a token for the metrics"
GRADE = cast("Task[Any, Any]", SimpleNamespace(name="grade"))


@pytest.fixture
def registry() -> CollectorRegistry:
    """Where the metrics of a test are."""
    return CollectorRegistry()


@pytest.fixture
def counting(registry: CollectorRegistry) -> TaskMetrics:
    """Counters that nothing has been counted with."""
    return TaskMetrics(
        Counter("tasks", "", ["task", "state"], registry=registry),
        Histogram("seconds", "", ["task"], registry=registry),
        Counter("judged", "", ["outcome"], registry=registry),
        Counter("regraded", "", registry=registry),
        Counter("mails", "", ["outcome"], registry=registry),
    )


def test_what_comes_of_a_task_is_counted_by_outcome(counting: TaskMetrics, registry: CollectorRegistry) -> None:
    for result in (GradingStats(5, 1, True, 2), RegradeStats(7, judged=3), SentResets(4, 1), None, GradingStats(1)):
        counting.begin()
        counting.end(GRADE, "SUCCESS", result)
    found = {
        outcome: registry.get_sample_value("judged_total", {"outcome": outcome})
        for outcome in ("graded", "failed", "unusable")
    }
    assert found == {"graded": 6, "failed": 1, "unusable": 2}
    assert registry.get_sample_value("regraded_total") == 3
    assert registry.get_sample_value("mails_total", {"outcome": "sent"}) == 4
    assert registry.get_sample_value("tasks_total", {"task": "grade", "state": "SUCCESS"}) == 5
    assert registry.get_sample_value("seconds_count", {"task": "grade"}) == 5


def test_a_task_that_fails_is_counted_as_such(counting: TaskMetrics, registry: CollectorRegistry) -> None:
    counting.begin()
    counting.end(GRADE, "FAILURE", RuntimeError())
    assert registry.get_sample_value("tasks_total", {"task": "grade", "state": "FAILURE"}) == 1


def shown(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer as the library does."""
    del environ
    start_response("200 OK", [])
    return [b"metrics"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", "200 OK"),
        (None, "401 Unauthorized"),
        ("", "401 Unauthorized"),
        (TOKEN, "401 Unauthorized"),
        ("Bearer \xff", "401 Unauthorized"),
    ],
)
def test_only_the_token_shows_them(given: str | None, status: str) -> None:
    environ: dict[str, Any] = {} if given is None else {"HTTP_AUTHORIZATION": given}
    setup_testing_defaults(environ)
    answered: list[str] = []

    def start(status: str, _headers: object, _exc_info: object = None, /) -> Any:
        answered.append(status)

    body = b"".join(protected(shown, TOKEN)(environ, start))
    assert answered == [status]
    assert (body == b"metrics") is (status == "200 OK")
