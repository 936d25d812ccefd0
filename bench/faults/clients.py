"""Clients as they should be: each request has a key, and is repeated with it until it is answered."""

import http.client
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Self

from bench.pipelines.load import ACCEPTED, together
from bench.pipelines.sheets import SLUG, sheet

PATH = "/api/v1/submissions"
TIMEOUT = 10.0
PATIENCE = 600.0
"""Seconds for one submission until its client gives up, which fails the run."""

SECOND_SECONDS = 5.0

BUSY = (408, 409, 425, 429)
"""Answers after which a client repeats its request, as after those of 500 and above; 409: the first is in progress."""


class GaveUpError(Exception):
    """A submission was not accepted."""


@dataclass(slots=True)
class Clients:
    """Twelve connections that send one sheet after the other.

    Attributes:
        prefix: of the references of learners: each sheet is of another one.
        submissions: how many in all; the second third waits for `go_on`, the last one for `release`.
        accepted: the submission that each number was answered with.
        repeated: how often a request was sent again.
    """

    port: int
    token: str
    prefix: str
    submissions: int
    connections: int = 12
    accepted: dict[int, str] = field(default_factory=dict)
    repeated: int = 0
    _lock: Lock = field(default_factory=Lock)
    _second: Event = field(default_factory=Event)
    _last: Event = field(default_factory=Event)
    _went_on: float = 0.0
    _next: int = 0
    _failure: BaseException | None = None

    def begin(self) -> Thread:
        """Begin to send, and return the thread that ends when all is sent."""
        thread = Thread(target=self._send_all, name="clients")
        thread.start()
        return thread

    def wait_for_first(self, alive: Callable[[], bool]) -> None:
        """Wait until the first third was accepted."""
        while len(self.accepted) < self.submissions // 3 and alive():
            time.sleep(0.005)

    def go_on(self) -> None:
        """Have the second third sent, in five seconds or as fast as possible."""
        self._went_on = time.monotonic()
        self._second.set()

    def release(self) -> None:
        """Have the last third sent."""
        self._second.set()
        self._last.set()

    def conclude(self) -> None:
        """Raise what a client has raised."""
        if self._failure is not None:
            raise self._failure

    def _send_all(self) -> None:
        try:
            together(self._send, self.connections)
        except BaseException as error:  # noqa: BLE001 - raised by `conclude`
            self._failure = error

    def _send(self) -> None:
        with _Connection(self.port, self.token) as connection:
            while (number := self._taken()) is not None:
                self._await_turn(number)
                known, repeated = connection.submit(f"{self.prefix}{number}", number)
                with self._lock:
                    self.accepted[number] = known
                    self.repeated += repeated

    def _await_turn(self, number: int) -> None:
        thirds = 3 * number / self.submissions
        if thirds >= 2:  # noqa: PLR2004 - of three
            self._last.wait()
        elif thirds >= 1:
            self._second.wait()
            time.sleep(max(self._went_on + SECOND_SECONDS * (thirds - 1) - time.monotonic(), 0.0))

    def _taken(self) -> int | None:
        with self._lock:
            number = self._next
            self._next += 1
        return number if number < self.submissions else None


class _Connection:
    """A connection that is made anew after each error."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def submit(self, learner: str, number: int) -> tuple[str, int]:
        """Send a sheet until it is accepted; return its submission, and how often it was repeated."""
        body = json.dumps({"learner_ref": learner, "exercise": SLUG, "answers": sheet(number)}).encode()
        headers = {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        until, repeated = time.monotonic() + PATIENCE, 0
        while (known := self._answer(body, headers)) is None:
            if time.monotonic() > until:
                raise GaveUpError(f"{learner} was not accepted within {PATIENCE:.0f} s")
            repeated += 1
            time.sleep(min(0.05 * 2**repeated, 1.0))
        return known, repeated

    def _answer(self, body: bytes, headers: dict[str, str]) -> str | None:
        """Send once; return None if it has to be repeated."""
        try:
            self._connection.request("POST", PATH, body, headers)
            reply = self._connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        if reply.status in BUSY or reply.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        if reply.status != ACCEPTED:
            raise GaveUpError(f"a submission was answered by {reply.status}: {text[:300]!r}")
        return str(json.loads(text)["id"])
