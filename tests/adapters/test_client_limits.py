from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from grader.adapters import client_limits
from grader.adapters.client_limits import ClientLimits
from grader.adapters.queue import make_redis
from grader.devserver.ports import free_port
from tests.fixtures.patience import wait_until


@pytest.fixture
def at_one_time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the limits, which stands still in the middle of a minute."""
    now = [1_000_020.0]
    monkeypatch.setattr(client_limits, "time", lambda: now[0])
    return now


@contextmanager
def shared_by_hand(redis_url: str, count: int, limit: int) -> Iterator[list[ClientLimits]]:
    """The limits of several web servers, whose counts are added up when a test says so."""
    with redis.Redis.from_url(redis_url) as client, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientLimits, "_have_shared", lambda *_: None)
        yield [ClientLimits(limit, client) for _ in range(count)]


@pytest.mark.usefixtures("at_one_time")
def test_requests_of_a_client_are_added_up_over_all_web_servers(redis_url: str) -> None:
    with shared_by_hand(redis_url, 2, 10) as (one, other):
        for _ in range(6):
            one.count("lms")
        one.share()
        assert other.count("lms").remaining == 9  # it cannot know yet
        other.share()
        assert [other.count("lms").is_exceeded for _ in range(4)] == [False, False, False, True]
        assert other.count("moodle").remaining == 9
        other.share()
        assert one.count("lms").remaining == 3
        one.share()
        assert one.count("lms").is_exceeded


def test_a_new_minute_begins_with_nothing_counted(redis_url: str, at_one_time: list[float]) -> None:
    with shared_by_hand(redis_url, 1, 2) as (alone,):
        assert [alone.count("lms").is_exceeded for _ in range(3)] == [False, False, True]
        assert alone.count("lms").reset == 60 - 1_000_020 % 60
        alone.share()
        at_one_time[0] += 60
        assert not alone.count("lms").is_exceeded


@pytest.mark.usefixtures("at_one_time")
def test_counts_of_the_api_expire_in_redis(redis_url: str) -> None:
    with shared_by_hand(redis_url, 1, 2) as (alone,), redis.Redis.from_url(redis_url) as client:
        alone.count("lms")
        alone.share()
        assert [0 < client.ttl(key) <= 120 for key in client.scan_iter()] == [True]


@pytest.mark.usefixtures("at_one_time")
def test_a_thread_adds_up_what_is_counted_and_at_once_near_the_limit(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_limits, "SHARE_SECONDS", 3600.0)
    with redis.Redis.from_url(redis_url) as client:
        one, other = ClientLimits(4, client), ClientLimits(4, client)
        one.count("lms")
        wait_until(lambda: one._uses["lms"].shared == 1)
        other.count("lms")
        wait_until(lambda: other._uses["lms"].shared == 2)


@pytest.mark.usefixtures("at_one_time")
def test_while_redis_is_away_requests_are_limited_by_each_server_and_none_fails() -> None:
    alone = ClientLimits(3, make_redis(f"redis://127.0.0.1:{free_port()}/0"))
    assert [alone.count("lms").is_exceeded for _ in range(4)] == [False, False, False, True]
    alone.share()
    assert alone._resting_until > 0
    assert alone.count("lms").is_exceeded
