"""The server: it reads requests completely on the event loop, then a thread handles them.

Threads are scarce (there are 32): a client that sends a form one byte at a time must not occupy one. So bodies are read
on the event loop, where waiting costs nothing, with limits on time, size, and total memory; the application receives
them complete, by WSGI. Health checks have separate threads. So does signing in, which waits for a slow hash: a burst of
it queues without occupying other threads, and is handled in order of arrival.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from time import perf_counter
from typing import Any, Final, Protocol
from wsgiref.types import WSGIApplication

import structlog
from granian._granian import RSGIProtocolClosed

from grader.web.metrics import READ_AT, in_hand
from grader.web.request_limits import UNREAD, Unread
from grader.web.upload import MOST_OF_FORM


class SentHeaders(Protocol):
    """The headers of a request: lower-case names, repeated ones separately."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return them in order of arrival."""


class RsgiScope(Protocol):
    """granian's request (RSGI): `path` is decoded, `query_string` is not; `authority` is that of HTTP/2."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> SentHeaders:
        """The headers."""


def environment_of(scope: RsgiScope) -> dict[str, Any]:
    """Return the WSGI environment of a request without its body."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ | headers_of(scope.headers.items())


def headers_of(sent: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by their WSGI names, repeated ones joined.

    Names with an underscore are dropped, as proxies do: `X_Forwarded_For` would be read as `X-Forwarded-For`.
    """
    joined: dict[str, str] = {}
    for name, value in sent:
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        between = "; " if key == "HTTP_COOKIE" else ","
        joined[key] = f"{joined[key]}{between}{value}" if key in joined else value
    if "HTTP_TRANSFER_ENCODING" in joined:
        joined.pop("CONTENT_LENGTH", None)  # RFC 9112, 6.3: the length of a chunked body is given by its last chunk
    return joined


GRACE_SECONDS: Final = 15.0
BYTES_PER_SECOND: Final = 16 << 10
"""A body may take the grace period, plus one second for each of so many bytes."""

MOST_READ: Final = MOST_OF_FORM + 1
"""Of a body without a length; its last byte shows the application that it is too long."""

SHORT: Final = 64 << 10
"""Memory for a body up to this length is reserved when it begins; for a longer one, as it arrives."""

MOST_HELD: Final = 256 << 20
"""Bytes of all bodies being read or handled; further requests are asked to retry later."""

BRING_BODIES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class IncomingBody(Protocol):
    """The source of a body: complete by calling it, or in pieces."""

    def __call__(self) -> Awaitable[bytes]:
        """Read it completely."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read it in pieces as they arrive."""


@dataclass(slots=True)
class BodyMemory:
    """The memory for all bodies. Used only by the thread of the event loop."""

    most: int = MOST_HELD
    held: int = 0


@dataclass(slots=True)
class BodyShare:
    """One body's share of the memory."""

    room: BodyMemory
    size: int = 0

    def take(self, size: int) -> bool:
        """Reserve more, if available."""
        if self.room.held + size > self.room.most:
            return False
        self.room.held += size
        self.size += size
        return True

    def leave(self) -> None:
        """Release all of it."""
        self.room.held -= self.size
        self.size = 0


async def read_body(environ: Mapping[str, Any], incoming: IncomingBody, place: BodyShare) -> bytes | Unread:
    """Return the body of the request in `environ` (WSGI), or why it was not read completely."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MOST_READ:
        return Unread.TOO_LONG
    try:
        if 0 < length <= SHORT:
            return await _read_whole(length, incoming, place)
        return await _read_pieces(incoming, place) if length or _comes_in_pieces(environ) else b""
    except TimeoutError:
        return Unread.TOO_SLOW
    except RuntimeError:  # granian's error for a closed connection
        return Unread.BROKEN_OFF


async def _read_whole(length: int, incoming: IncomingBody, place: BodyShare) -> bytes | Unread:
    """Read a short body: the server waits for its end without waking us for each byte."""
    if not place.take(length):
        return Unread.NO_ROOM
    async with asyncio.timeout(GRACE_SECONDS + length / BYTES_PER_SECOND):
        return await incoming()


async def _read_pieces(incoming: IncomingBody, place: BodyShare) -> bytes | Unread:
    """Read a long body, or one without a length, up to the first byte beyond the limit.

    Each piece extends the time limit: announcing a length reserves neither time nor memory.
    """
    pieces, began = list[bytes](), asyncio.get_running_loop().time()
    async with asyncio.timeout(GRACE_SECONDS) as limit:
        async for piece in incoming:
            if not place.take(len(piece)):
                return Unread.NO_ROOM
            pieces.append(bytes(piece))
            if place.size >= MOST_READ:
                break
            limit.reschedule(began + GRACE_SECONDS + place.size / BYTES_PER_SECOND)
    return b"".join(pieces)[:MOST_READ]


def _comes_in_pieces(environ: Mapping[str, Any]) -> bool:
    """Return whether there is a body: HTTP/1 announces it, HTTP/2 need not."""
    if environ["SERVER_PROTOCOL"] in {"HTTP/1.0", "HTTP/1.1"}:
        return "HTTP_TRANSFER_ENCODING" in environ
    return environ["REQUEST_METHOD"] in BRING_BODIES


THREADS: Final = 32
"""Many: a program that waits for its report occupies one."""

PROBE_THREADS: Final = 2
PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})

SIGN_IN_THREADS: Final = 8
"""More than hash at once (`grader.services.accounts.passwords`), and few enough for each to get its turn in time."""

MOST_SIGNING_IN: Final = 200
"""Requests; further ones are handled by the other threads while they have places, or asked to retry later."""

SIGN_IN: Final = ("POST", "/sign-in")
WITHOUT_BODY: Final = frozenset({204, 304})

log = structlog.get_logger(__name__)
Headers = list[tuple[str, str]]


class Stream(Protocol):
    """A response sent in pieces."""

    async def send_bytes(self, data: bytes) -> None:
        """Send the next piece."""


class Connection(IncomingBody, Protocol):
    """The source of the body and the destination of the response, usable from any thread."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send the response."""

    def response_stream(self, status: int, headers: Headers) -> Stream:
        """Begin the response."""


class RsgiApplication:
    """The RSGI application around a WSGI application."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, "answer")
        self._probes = ThreadPoolExecutor(PROBE_THREADS, "probe")
        self._sign_ins = ThreadPoolExecutor(SIGN_IN_THREADS, "sign-in")
        self._signing_in = 0
        self._room = BodyMemory()

    async def __rsgi__(self, scope: RsgiScope, connection: Connection) -> None:
        """Read the request and have it handled."""
        environ, place = environment_of(scope), BodyShare(self._room)
        loop = asyncio.get_running_loop()
        try:
            body = await read_body(environ, connection, place)
            if isinstance(body, Unread):
                environ[UNREAD], body = body, b""
            environ["wsgi.input"] = BytesIO(body)
            environ[READ_AT] = perf_counter()
            with self._threads_for(scope) as threads:
                await loop.run_in_executor(
                    threads, self._answer, environ, WsgiResponse(connection, loop, UNREAD in environ)
                )
        finally:
            place.leave()

    @contextmanager
    def _threads_for(self, scope: RsgiScope) -> Iterator[ThreadPoolExecutor]:
        if scope.path in PROBES:
            yield self._probes
        elif (scope.method, scope.path) != SIGN_IN or self._signing_in >= MOST_SIGNING_IN:
            with in_hand("answer"):
                yield self._threads
        else:
            self._signing_in += 1
            try:
                with in_hand("sign-in"):
                    yield self._sign_ins
            finally:
                self._signing_in -= 1

    def _answer(self, environ: dict[str, Any], answer: "WsgiResponse") -> None:
        try:
            pieces = self._application(environ, answer.start)
            try:
                answer.send(pieces)
            finally:
                getattr(pieces, "close", _nothing)()
        except RSGIProtocolClosed:
            return  # the client has disconnected
        except Exception:
            log.exception("a request was not answered")
            answer.fail()


@dataclass(slots=True)
class WsgiResponse:
    """The application's response on its way to the client; `closes` if more of the request could still arrive."""

    connection: Connection
    loop: asyncio.AbstractEventLoop
    closes: bool = False
    status: int = 500
    headers: Headers = field(default_factory=list)
    _is_begun: bool = False

    def start(self, status: str, headers: Headers, exc_info: object = None, /) -> Callable[[bytes], object]:
        """Record status and headers (WSGI's start_response)."""
        del exc_info  # exceptions that the application does not handle are faults of ours
        self.status = int(status.split(" ", 1)[0])
        self.headers = [*headers, ("Connection", "close")] if self.closes else headers
        return _refuse_to_write

    def send(self, pieces: Iterable[bytes]) -> None:
        """Send a response of known length at once, any other in pieces.

        The server buffers all of it: a client that reads slowly occupies no thread.
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
        """Report a fault of ours, unless the response has begun."""
        if not self._is_begun:
            self.connection.response_bytes(500, [("Content-Type", "text/plain")], b"Something went wrong on our side.")


async def _sent(stream: Stream, piece: bytes) -> None:
    await stream.send_bytes(piece)


def _refuse_to_write(_data: bytes) -> object:
    raise NotImplementedError("this server takes what an application returns")


def _nothing() -> None:
    """Close what needs no closing."""
