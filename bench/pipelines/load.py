"""Students: they send sheets over connections that stay open, and note when they began to send each."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Self

from bench.pipelines.sheets import SLUG, sheet

ACCEPTED = 202


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
        body = json.dumps(self._door.body(f"student-{number % 500}", sheet(number))).encode()
        headers = {"Content-Type": "application/json", **self._door.headers}
        began = time.time()
        self._connection.request("POST", self._door.path, body, headers)
        reply = self._connection.getresponse()
        text = reply.read()
        if reply.status != ACCEPTED:
            raise RuntimeError(f"a submission was answered by {reply.status}: {text[:400]!r}")
        return json.loads(text)["id"], Sent(number, began, time.time())


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
