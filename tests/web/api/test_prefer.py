from threading import BoundedSemaphore

import pytest
from flask import Flask

from grader.web.api.prefer import granted_wait, preferred_wait, wait_for


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
    seen = iter([1, 2, 3, 4])
    assert wait_for(lambda: next(seen), lambda number: number == 3, seconds=30) == 3


def test_waiting_ends_with_the_time() -> None:
    assert wait_for(lambda: "pending", lambda _: False, seconds=0.05) == "pending"


def test_waiting_no_time_looks_once() -> None:
    seen = iter([1, 2])
    assert wait_for(lambda: next(seen), lambda _: False, seconds=0) == 1


def test_whoever_finds_all_places_taken_does_not_wait() -> None:
    places = BoundedSemaphore(1)
    with Flask("test").test_request_context(headers={"Prefer": "wait=5"}):
        with granted_wait(places) as first, granted_wait(places) as second:
            assert (first, second) == (5, None)
        with granted_wait(places) as later:
            assert later == 5
