import socket
from collections.abc import Iterator
from threading import Event, Semaphore, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from celery import Celery
from redis import Redis

from grader.adapters import queue
from grader.adapters.queue import (
    EXPECTED_MILLISECONDS,
    PENDING_KEY,
    PENDING_SECONDS,
    QUEUE,
    Background,
    Notifier,
    make_notifier,
    make_redis,
)
from tests.fixtures.patience import wait_until


@pytest.fixture
def broker(redis_url: str) -> Iterator[Redis]:
    with make_redis(redis_url) as client:
        yield client


@pytest.fixture
def wake(redis_url: str) -> Iterator[Notifier]:
    made = make_notifier(redis_url)
    yield made
    _close(made)


def test_a_second_wake_up_is_sent_only_when_the_first_was_heard(wake: Notifier, broker: Redis) -> None:
    wake()
    wake()
    assert broker.llen(QUEUE) == 1
    wake.heard()
    wake()
    assert broker.llen(QUEUE) == 2


def test_while_a_worker_expects_more_nobody_else_is_woken_unless_it_takes_long(wake: Notifier, broker: Redis) -> None:
    wake.expect()
    wake()
    assert broker.llen(QUEUE) == 0
    assert 0 < int(str(broker.pttl(PENDING_KEY))) <= EXPECTED_MILLISECONDS
    wake.gather(0)
    wake()
    assert broker.llen(QUEUE) == 1


def test_many_wake_ups_at_once_are_sent_in_the_background_and_the_last_one_always(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, sent, may_send = Event(), [], Semaphore(0)
    notifier = Notifier(Celery(), Redis())

    def send(_: Notifier) -> None:
        asked.set()
        may_send.acquire()
        sent.append("wake")

    monkeypatch.setattr(Notifier, "__call__", send)
    wake = Background(notifier)
    wake()
    asked.wait()  # the first one is being sent
    for _ in range(100):
        wake()
    asked.clear()
    may_send.release()
    asked.wait()
    may_send.release()
    while len(sent) < 2:
        sleep(0.001)
    assert sent == ["wake", "wake"]


def test_wake_ups_go_on_after_a_fault_has_ended_their_thread(wake: Notifier, broker: Redis) -> None:
    background = Background(wake)
    background()
    wait_until(lambda: broker.llen(QUEUE) == 1)
    background._thread = Thread(target=lambda: None)
    background._thread.start()
    background._thread.join()
    wake.heard()
    background()
    wait_until(lambda: broker.llen(QUEUE) == 2)


def test_a_wake_up_that_nobody_heard_does_not_stand_in_the_way_for_long(wake: Notifier, broker: Redis) -> None:
    wake()
    assert 0 < int(str(broker.ttl(PENDING_KEY))) <= PENDING_SECONDS


def test_after_the_broker_forgot_everything_a_wake_up_gets_through(wake: Notifier, broker: Redis) -> None:
    wake()
    broker.flushdb()
    wake()
    assert broker.llen(QUEUE) == 1


def test_a_message_carries_nothing(wake: Notifier, broker: Redis) -> None:
    wake()
    message = str(broker.lindex(QUEUE, 0))
    assert '"argsrepr": "()"' in message
    assert '"kwargsrepr": "{}"' in message


def test_without_a_broker_nothing_is_raised_and_it_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        wake = make_notifier(f"redis://127.0.0.1:{closed.getsockname()[1]}/0")
    now = monotonic()
    monkeypatch.setattr(queue, "monotonic", lambda: now)
    tried = _noted(wake, monkeypatch)
    for _ in range(100):
        wake()
    wake.heard()
    assert tried == [PENDING_KEY]
    monkeypatch.setattr(queue, "monotonic", lambda: now + 60)
    wake()
    assert tried == [PENDING_KEY, PENDING_KEY]
    _close(wake)


@pytest.mark.long
def test_a_broker_that_answers_nothing_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = monotonic()
    monkeypatch.setattr(queue, "monotonic", lambda: now)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        wake = make_notifier(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        tried = _noted(wake, monkeypatch)
        for _ in range(100):
            wake()
        assert tried == [PENDING_KEY]
        assert 0 < wake.redis.connection_pool.connection_kwargs["socket_timeout"] <= 5
        _close(wake)


def test_a_wake_up_that_could_not_be_sent_is_not_pending(
    wake: Notifier, broker: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(wake.celery, "send_task", fail)
    wake()
    assert not broker.exists(PENDING_KEY)


def _close(wake: Notifier) -> None:
    wake.redis.close()
    wake.celery.close()


def _noted(wake: Notifier, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the keys that a wake-up tries to set."""
    tried: list[str] = []
    really = wake.redis.set

    def note(key: str, *rest: Any, **options: Any) -> Any:
        tried.append(key)
        return really(key, *rest, **options)

    monkeypatch.setattr(wake.redis, "set", note)
    return tried
