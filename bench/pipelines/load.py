"""Students: they send sheets over connections that stay open, and note when they began to send each."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

from bench.pipelines.sheets import SLUG, sheet

ACCEPTED = 202
IN_BULK = 100


@dataclass(frozen=True, slots=True)
class Door:
    """Where a pipeline takes submissions, and how.

    Attributes:
        port: on this machine.
        path: for POST.
        headers: of each request, beside those of its body.
        body: makes a request from a learner and the answers.
    """

    port: int
    path: str
    headers: dict[str, str]
    body: Callable[[str, dict[str, str]], object]


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission that was accepted: its number, and when it began to be sent and was accepted, in Unix time."""

    number: int
    began: float
    accepted: float


def plain_body(learner: str, answers: dict[str, str]) -> object:
    """Return a request of the naive and the lean pipeline."""
    return {"learner": learner, "exercise": SLUG, "answers": answers}


def grader_body(learner: str, answers: dict[str, str]) -> object:
    """Return a request of nn-grader."""
    return {"learner_ref": learner, "exercise": SLUG, "answers": answers}


def flood(door: Door, submissions: int, connections: int) -> dict[str, Sent]:
    """Send as fast as the pipeline accepts; return when each was sent, by its id."""
    numbers, sent = iter(range(submissions)), dict[str, Sent]()
    lock = threading.Lock()

    def send() -> None:
        with _Connection(door) as connection:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                known, one = connection.submit(number)
                sent[known] = one

    together(send, connections)
    return sent


def bulk(door: Door, submissions: int, connections: int) -> dict[str, Sent]:
    """Send as fast as nn-grader accepts, 100 in a request; return when each was sent, by its id."""
    starts, sent = iter(range(0, submissions, IN_BULK)), dict[str, Sent]()
    lock = threading.Lock()

    def send() -> None:
        with _Connection(door) as connection:
            while True:
                with lock:
                    start = next(starts, None)
                if start is None:
                    return
                sent.update(connection.submit_many(range(start, min(start + IN_BULK, submissions))))

    together(send, connections)
    return sent


def trickle(door: Door, submissions: int, each_second: float) -> dict[str, Sent]:
    """Send at a steady rate, whether or not the pipeline keeps up; return when each was sent, by its id."""
    sent, start, numbers = dict[str, Sent](), time.monotonic(), count()
    lock = threading.Lock()

    def send() -> None:
        with _Connection(door) as connection:
            while True:
                with lock:
                    number = next(numbers)
                if number >= submissions:
                    return
                time.sleep(max(start + number / each_second - time.monotonic(), 0.0))
                known, one = connection.submit(number)
                sent[known] = one

    together(send, 4)
    return sent


class _Connection:
    """A connection that stays open."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=120)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def submit(self, number: int) -> tuple[str, Sent]:
        """Send a sheet; return its id, and when."""
        began = time.time()
        reply = self._post(self._door.path, self._body(number))
        return reply["id"], Sent(number, began, time.time())

    def submit_many(self, numbers: Sequence[int]) -> dict[str, Sent]:
        """Send sheets in one request; return when, by their ids."""
        began = time.time()
        reply = self._post(f"{self._door.path}/bulk", {"items": [self._body(number) for number in numbers]})
        return {
            item["id"]: Sent(number, began, time.time()) for number, item in zip(numbers, reply["items"], strict=True)
        }

    def _body(self, number: int) -> object:
        return self._door.body(f"student-{number % 500}", sheet(number))

    def _post(self, path: str, body: object) -> Any:
        headers = {"Content-Type": "application/json", **self._door.headers}
        self._connection.request("POST", path, json.dumps(body).encode(), headers)
        reply = self._connection.getresponse()
        text = reply.read()
        if reply.status != ACCEPTED:
            raise RuntimeError(f"a submission was answered by {reply.status}: {text[:400]!r}")
        return json.loads(text)


def together(work: Callable[[], None], threads: int) -> None:
    """Run work in threads, and raise what the first of them raises."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised below, in the caller's thread
            errors.append(error)

    started = [threading.Thread(target=run) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if errors:
        raise errors[0]
