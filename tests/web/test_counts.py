"""Limits that hold over several web servers, and without their Redis."""

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from grader.local.port import free_port
from grader.web import counts
from grader.web.counts import SCHEME

LIMIT = parse("3 per minute")


def limiter(redis_url: str) -> FixedWindowRateLimiter:
    storage = storage_from_string(f"{SCHEME}://", redis_url=redis_url)
    assert isinstance(storage, counts.SharedCounts)
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
    assert isinstance(storage, counts.SharedCounts)

    def count(key: str) -> int:
        asked.append(key)
        return 0

    monkeypatch.setattr(storage._shared, "get", count)
    alone.test(LIMIT, "an")
    assert asked == []
    monkeypatch.setattr(counts, "REST_SECONDS", 0.0)
    storage._resting_until = 0.0
    assert alone.test(LIMIT, "an")
    assert len(asked) == 1
