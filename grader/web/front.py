"""The server's side of the application: it reads requests whole, then a thread answers.

A thread is worth a lot (there are 32) and a caller's patience nothing: whoever sends a form a byte at a time must not
hold one. So bodies are read where waiting costs nothing, on the event loop (`grader.web.request_body`), and the
application gets them complete, by WSGI. Probes have threads of their own. So has signing in, which waits for a slow
hash: a burst of it stands in a queue, holds no other thread, and is answered in the order in which it came.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Any, Final, Protocol
from wsgiref.types import WSGIApplication

import structlog
from granian._granian import RSGIProtocolClosed

from grader.web.request_body import Incoming, Place, Room, read_body
from grader.web.unread import UNREAD, Unread
from grader.web.wsgi_environment import Scope, environment_of

THREADS: Final = 32
"""More than a few: a program that waits for its report holds one."""

PROBE_THREADS: Final = 2
PROBES: Final = frozenset({"/healthz", "/readyz"})

SIGN_IN_THREADS: Final = 8
"""More than hash at once (`grader.services.passwords`), and few enough for each to get its turn in time."""

MOST_SIGNING_IN: Final = 200
"""Requests; more are answered by the other threads as far as there are places, or told at once to come again."""

SIGN_IN: Final = ("POST", "/sign-in")
WITHOUT_BODY: Final = frozenset({204, 304})

log = structlog.get_logger(__name__)
Headers = list[tuple[str, str]]


class Stream(Protocol):
    """An answer that is sent piece by piece."""

    async def send_bytes(self, data: bytes) -> None:
        """Send the next one."""


class Connection(Incoming, Protocol):
    """Where the body comes from, and what takes the answer, from any thread."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer."""

    def response_stream(self, status: int, headers: Headers) -> Stream:
        """Begin to answer."""


class Front:
    """The RSGI application around a WSGI application."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, "answer")
        self._probes = ThreadPoolExecutor(PROBE_THREADS, "probe")
        self._sign_ins = ThreadPoolExecutor(SIGN_IN_THREADS, "sign-in")
        self._signing_in = 0
        self._room = Room()

    async def __rsgi__(self, scope: Scope, connection: Connection) -> None:
        """Read the request and have it answered."""
        environ, place = environment_of(scope), Place(self._room)
        loop = asyncio.get_running_loop()
        try:
            body = await read_body(environ, connection, place)
            if isinstance(body, Unread):
                environ[UNREAD], body = body, b""
            environ["wsgi.input"] = BytesIO(body)
            with self._threads_for(scope) as threads:
                await loop.run_in_executor(threads, self._answer, environ, Answer(connection, loop, UNREAD in environ))
        finally:
            place.leave()

    @contextmanager
    def _threads_for(self, scope: Scope) -> Iterator[ThreadPoolExecutor]:
        if (scope.method, scope.path) != SIGN_IN or self._signing_in >= MOST_SIGNING_IN:
            yield self._probes if scope.path in PROBES else self._threads
            return
        self._signing_in += 1
        try:
            yield self._sign_ins
        finally:
            self._signing_in -= 1

    def _answer(self, environ: dict[str, Any], answer: "Answer") -> None:
        try:
            pieces = self._application(environ, answer.start)
            try:
                answer.send(pieces)
            finally:
                getattr(pieces, "close", _nothing)()
        except RSGIProtocolClosed:
            return  # whoever asked is gone
        except Exception:
            log.exception("a request was not answered")
            answer.fail()


@dataclass(slots=True)
class Answer:
    """What the application answers, on its way to the caller; `closes` where more of the request could still come."""

    connection: Connection
    loop: asyncio.AbstractEventLoop
    closes: bool = False
    status: int = 500
    headers: Headers = field(default_factory=list)
    _is_begun: bool = False

    def start(self, status: str, headers: Headers, exc_info: object = None, /) -> Callable[[bytes], object]:
        """Note status and headers (WSGI's start_response)."""
        del exc_info  # what the application does not handle itself is a fault of ours
        self.status = int(status.split(" ", 1)[0])
        self.headers = [*headers, ("Connection", "close")] if self.closes else headers
        return _refuse_to_write

    def send(self, pieces: Iterable[bytes]) -> None:
        """Send an answer of known length as one, any other piece by piece.

        The server takes all of it at once: a caller who reads slowly holds no thread.
        """
        if self.status in WITHOUT_BODY or any(name.lower() == "content-length" for name, _ in self.headers):
            body = b"".join(pieces)
            self._is_begun = True
            self.connection.response_bytes(self.status, self.headers, body)
            return
        rest = iter(pieces)
        first = next(rest, b"")  # the headers are complete only now
        self._is_begun = True
        stream = self.connection.response_stream(self.status, self.headers)
        for piece in chain((first,), rest):
            asyncio.run_coroutine_threadsafe(_sent(stream, piece), self.loop).result()

    def fail(self) -> None:
        """Say that it is our fault, where nothing has been said yet."""
        if not self._is_begun:
            self.connection.response_bytes(500, [("Content-Type", "text/plain")], b"Something went wrong on our side.")


async def _sent(stream: Stream, piece: bytes) -> None:
    await stream.send_bytes(piece)


def _refuse_to_write(_data: bytes) -> object:
    raise NotImplementedError("this server takes what an application returns")


def _nothing() -> None:
    """Close what needs no closing."""
