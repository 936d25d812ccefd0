"""The server: it reads requests whole on the event loop, then a thread answers.

A thread is worth a lot (there are 32) and a caller's patience nothing: whoever sends a form a byte at a time must not
hold one. So bodies are read where waiting costs nothing, on the event loop, bounded in time, in size, and all together;
the application gets them complete, by WSGI. Probes have threads of their own. So has signing in, which waits for a slow
hash: a burst of it stands in a queue, holds no other thread, and is answered in the order in which it came.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Any, Final, Protocol
from wsgiref.types import WSGIApplication

import structlog
from granian._granian import RSGIProtocolClosed

from grader.web.request_limits import UNREAD, Unread
from grader.web.upload import MOST_OF_FORM


class SentHeaders(Protocol):
    """The headers of a request: names in small letters, repeated ones one by one."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return them in the order in which they came."""


class RsgiScope(Protocol):
    """What granian says of a request (RSGI): `path` is decoded, `query_string` is not; `authority` is HTTP/2's host."""

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
    """Return all of the request but its body."""
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
    """Return headers by their names in WSGI, repeated ones joined.

    Names with an underscore are left out, as proxies do: `X_Forwarded_For` would be read as `X-Forwarded-For`.
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
        joined.pop("CONTENT_LENGTH", None)  # RFC 9112, 6.3: a body in chunks ends where the last one does
    return joined


GRACE_SECONDS: Final = 15.0
BYTES_PER_SECOND: Final = 16 << 10
"""A body may take the grace, and a second more for so many bytes."""

MOST_READ: Final = MOST_OF_FORM + 1
"""Of a body without a length; the application sees by the last byte that it is too long."""

SHORT: Final = 64 << 10
"""Up to here a body's whole length is reserved when it begins; of a longer one, what has come of it."""

MOST_HELD: Final = 256 << 20
"""Bytes of all bodies that are being read or answered; whoever comes then is told to come again."""

BRING_BODIES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class IncomingBody(Protocol):
    """What a body is read from: whole by calling it, or piece by piece."""

    def __call__(self) -> Awaitable[bytes]:
        """Read it whole."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read it in the pieces in which it comes."""


@dataclass(slots=True)
class BodyMemory:
    """The memory for all bodies. It is used by one thread, the event loop's."""

    most: int = MOST_HELD
    held: int = 0


@dataclass(slots=True)
class BodyShare:
    """One body's share of the room."""

    room: BodyMemory
    size: int = 0

    def take(self, size: int) -> bool:
        """Take more, if it is there."""
        if self.room.held + size > self.room.most:
            return False
        self.room.held += size
        self.size += size
        return True

    def leave(self) -> None:
        """Give all of it back."""
        self.room.held -= self.size
        self.size = 0


async def read_body(environ: Mapping[str, Any], incoming: IncomingBody, place: BodyShare) -> bytes | Unread:
    """Return the body of the request that `environ` tells of (as WSGI), or why it was not read to its end."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MOST_READ:
        return Unread.TOO_LONG
    try:
        if 0 < length <= SHORT:
            return await _read_whole(length, incoming, place)
        return await _read_pieces(incoming, place) if length or _comes_in_pieces(environ) else b""
    except TimeoutError:
        return Unread.TOO_SLOW
    except RuntimeError:  # granian's word for a connection that has ended
        return Unread.BROKEN_OFF


async def _read_whole(length: int, incoming: IncomingBody, place: BodyShare) -> bytes | Unread:
    """Read a short body: the server waits for its end without waking us for each byte."""
    if not place.take(length):
        return Unread.NO_ROOM
    async with asyncio.timeout(GRACE_SECONDS + length / BYTES_PER_SECOND):
        return await incoming()


async def _read_pieces(incoming: IncomingBody, place: BodyShare) -> bytes | Unread:
    """Read a long body, or one that does not say its length: up to the first byte that is too many.

    Each piece gives time for more: announcing a length reserves neither time nor room.
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
    """Tell whether there is a body at all: HTTP/1 says so, in HTTP/2 it need not say anything."""
    if environ["SERVER_PROTOCOL"] in {"HTTP/1.0", "HTTP/1.1"}:
        return "HTTP_TRANSFER_ENCODING" in environ
    return environ["REQUEST_METHOD"] in BRING_BODIES


THREADS: Final = 32
"""More than a few: a program that waits for its report holds one."""

PROBE_THREADS: Final = 2
PROBES: Final = frozenset({"/healthz", "/readyz"})

SIGN_IN_THREADS: Final = 8
"""More than hash at once (`grader.services.accounts.passwords`), and few enough for each to get its turn in time."""

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


class Connection(IncomingBody, Protocol):
    """Where the body comes from, and what takes the answer, from any thread."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer."""

    def response_stream(self, status: int, headers: Headers) -> Stream:
        """Begin to answer."""


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
        """Read the request and have it answered."""
        environ, place = environment_of(scope), BodyShare(self._room)
        loop = asyncio.get_running_loop()
        try:
            body = await read_body(environ, connection, place)
            if isinstance(body, Unread):
                environ[UNREAD], body = body, b""
            environ["wsgi.input"] = BytesIO(body)
            with self._threads_for(scope) as threads:
                await loop.run_in_executor(
                    threads, self._answer, environ, WsgiResponse(connection, loop, UNREAD in environ)
                )
        finally:
            place.leave()

    @contextmanager
    def _threads_for(self, scope: RsgiScope) -> Iterator[ThreadPoolExecutor]:
        if (scope.method, scope.path) != SIGN_IN or self._signing_in >= MOST_SIGNING_IN:
            yield self._probes if scope.path in PROBES else self._threads
            return
        self._signing_in += 1
        try:
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
            return  # whoever asked is gone
        except Exception:
            log.exception("a request was not answered")
            answer.fail()


@dataclass(slots=True)
class WsgiResponse:
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
