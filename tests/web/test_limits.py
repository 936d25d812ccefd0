"""Limits that hold over several web servers, and without their Redis."""

import sys
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
import redis
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from grader.adapters.queue import make_notifier
from grader.devserver.ports import free_port
from grader.web import limits
from grader.web.limits import SCHEME, ProcessCounts

LIMIT = parse("3 per minute")


def limiter(redis_url: str) -> FixedWindowRateLimiter:
    storage = storage_from_string(f"{SCHEME}://", redis_url=redis_url)
    assert isinstance(storage, limits.SharedCounts)
    return FixedWindowRateLimiter(storage)


def test_two_web_servers_count_together(redis_url: str) -> None:
    one, other = limiter(redis_url), limiter(redis_url)
    assert [server.hit(LIMIT, "an") for server in (one, other, one, other)] == [True, True, True, False]
    assert not one.test(LIMIT, "an")
    assert one.test(LIMIT, "binh")


def test_while_redis_is_away_each_counts_alone_and_asks_it_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = limiter(f"redis://127.0.0.1:{free_port()}/0")
    assert [alone.hit(LIMIT, "an") for _ in range(4)] == [True, True, True, False]
    asked: list[str] = []
    storage = alone.storage
    assert isinstance(storage, limits.SharedCounts)

    def count(key: str) -> int:
        asked.append(key)
        return 0

    monkeypatch.setattr(storage._shared, "get", count)
    alone.test(LIMIT, "an")
    assert asked == []
    monkeypatch.setattr(limits, "REST_SECONDS", 0.0)
    storage._resting_until = 0.0
    assert alone.test(LIMIT, "an")
    assert len(asked) == 1


def test_a_key_of_a_megabyte_takes_no_more_of_the_broker_than_any_other(redis_url: str) -> None:
    shared = limiter(redis_url)
    shared.hit(LIMIT, f"an@example.edu{'x' * 1_000_000}")
    shared.hit(LIMIT, "an@example.edu")
    with redis.Redis.from_url(redis_url) as client:
        keys = list(client.scan_iter())
        assert len(keys) == 2
        assert {len(key) for key in keys} == {len("nn-grader:limit:") + 64}
        assert not any(b"example" in key for key in keys)


@pytest.fixture
def full_redis_url(own_redis_url: str) -> Iterator[str]:
    """Return a Redis server that is out of memory, even after evicting all expiring keys."""
    with redis.Redis.from_url(own_redis_url) as client:
        client.config_set("maxmemory", 1)
        yield own_redis_url


def test_where_the_broker_is_full_each_web_server_counts_alone(full_redis_url: str) -> None:
    alone = limiter(full_redis_url)
    assert [alone.hit(LIMIT, "an") for _ in range(4)] == [True, True, True, False]


def test_where_the_broker_is_full_nothing_is_sent_and_nobody_hears_of_it(full_redis_url: str) -> None:
    make_notifier(full_redis_url)()  # raises nothing: the sweep finds what waits


def test_counts_make_room_in_a_full_broker_and_messages_never_do(own_redis_url: str) -> None:
    shared = limiter(own_redis_url)
    with redis.Redis.from_url(own_redis_url) as client:
        client.rpush("interactive", "a message")
        client.config_set("maxmemory", int(client.info("memory")["used_memory"]) + 500_000)
        for number in range(10_000):
            shared.hit(LIMIT, f"student {number}")
        assert client.lrange("interactive", 0, -1) == [b"a message"]
        assert int(client.info("stats")["evicted_keys"]) > 0


@pytest.mark.long
def test_threads_that_count_at_once_lose_nothing_and_break_nothing() -> None:
    storage, together, raised = ProcessCounts(), Barrier(32), list[BaseException]()

    def count() -> None:
        together.wait()
        try:
            for _ in range(500):
                storage.incr("api", 60)
                storage.get("api")
                storage.incr("short", 0)  # its window is over at once
        except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
            raised.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=count) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert raised == []
    assert storage.get("api") == 32 * 500


def test_a_window_ends_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    storage, now = ProcessCounts(), [1000.0]
    monkeypatch.setattr(limits, "time", lambda: now[0])
    assert [storage.incr("an", 60), storage.incr("an", 60), storage.get_expiry("an")] == [1, 2, 1060.0]
    now[0] = 1060.0
    assert [storage.get("an"), storage.incr("an", 60), storage.get_expiry("an")] == [0, 1, 1120.0]
    storage.clear("an")
    storage.incr("binh", 60)
    assert (storage.get("an"), storage.reset(), storage.get("binh")) == (0, 1, 0)


def test_counts_of_a_process_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    storage, now = ProcessCounts(), [1000.0]
    monkeypatch.setattr(limits, "time", lambda: now[0])
    monkeypatch.setattr(limits, "MOST_KEYS", 100)
    for number in range(1000):
        storage.incr(f"{number}", 60)
        assert len(storage._counts) <= 100
    assert storage.get("999") == 1
    now[0] = 1100.0
    storage.incr("new", 60)
    assert storage.get("999") == 0
