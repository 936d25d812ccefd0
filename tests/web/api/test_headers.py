from collections import Counter
from threading import BoundedSemaphore
from types import SimpleNamespace

import pytest
from flask import Flask

from grader.web.api import requests
from grader.web.api.requests import granted_wait, preferred_wait, wait_while


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=10", 10),
        ("wait=0", 0),
        ("Wait = 3", 3),
        ('wait="7"', 7),
        ("respond-async, wait=5; foo=bar", 5),
        ("wait=999999999", 30),
        ("wait=-1", None),
        ("wait=ten", None),
        ("wait", None),
        ("wait=1.5", None),
        ("", None),
    ],
)
def test_only_a_preference_that_is_understood_counts(header: str, seconds: int | None) -> None:
    with Flask("test").test_request_context(headers={"Prefer": header}):
        assert preferred_wait() == seconds


def test_without_the_header_nobody_waits() -> None:
    with Flask("test").test_request_context():
        assert preferred_wait() is None


def test_waiting_ends_as_soon_as_it_is_done() -> None:
    seen = iter([True, True, False, True])
    wait_while(lambda: next(seen), seconds=30)
    assert list(seen) == [True]


def test_waiting_ends_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, passed = Counter[str](), [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    def is_pending() -> bool:
        asked["times"] += 1
        return True

    monkeypatch.setattr(requests, "time", SimpleNamespace(monotonic=lambda: passed[0], sleep=sleep))
    wait_while(is_pending, seconds=0.1)
    assert passed == pytest.approx([0.1])
    assert 2 <= asked["times"] < 30


def test_waiting_no_time_asks_nothing() -> None:
    wait_while(lambda: pytest.fail("asked"), seconds=0)


def test_whoever_finds_all_places_taken_does_not_wait() -> None:
    places = BoundedSemaphore(1)
    with Flask("test").test_request_context(headers={"Prefer": "wait=5"}):
        with granted_wait(places) as first, granted_wait(places) as second:
            assert (first, second) == (5, None)
        with granted_wait(places) as later:
            assert later == 5
