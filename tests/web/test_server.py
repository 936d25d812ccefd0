"""What stands between granian and the application: whole requests, bounded in time and memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, current_thread
from typing import Any, TypeVar
from wsgiref.types import StartResponse

import pytest
from flask import Flask
from granian._granian import RSGIProtocolClosed

from grader.web import server as web_server
from grader.web.request_limits import UNREAD
from grader.web.server import (
    MOST_HELD,
    MOST_READ,
    BodyMemory,
    BodyShare,
    Headers,
    RsgiApplication,
    environment_of,
    headers_of,
)

T = TypeVar("T")


@dataclass
class Scope:
    """A request without its body."""

    method: str = "POST"
    path: str = "/sign-in"
    query_string: str = ""
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:4711"
    scheme: str = "http"
    authority: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Connection:
    """A caller: the pieces that it sends, None for a pause without end; and what it is answered."""

    pieces: list[bytes | None] = field(default_factory=list)
    breaks_off: bool = False
    is_gone: bool = False
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    is_stream: bool = False
    read: int = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if piece is None:
                await asyncio.Event().wait()
            else:
                self.read += len(piece)
                yield piece
        if self.breaks_off:
            raise RuntimeError("the connection has ended")

    def __call__(self) -> Awaitable[bytes]:
        return self._whole()

    async def _whole(self) -> bytes:
        return b"".join([piece async for piece in self])

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        if self.is_gone:
            raise RSGIProtocolClosed
        self.status, self.headers, self.body = status, headers, body

    def response_stream(self, status: int, headers: Headers) -> "Connection":
        self.status, self.headers, self.is_stream = status, headers, True
        return self

    async def send_bytes(self, data: bytes) -> None:
        self.body += data


def echo(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer with the body, or the reason why there is none."""
    body = str(environ[UNREAD]).encode() if UNREAD in environ else environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def answer(served: RsgiApplication, scope: Scope, connection: Connection) -> Connection:
    run(served.__rsgi__(scope, connection))
    return connection


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run it on a thread of its own: the browser of other tests may leave a loop running on this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


CHUNKED = {"transfer-encoding": "chunked"}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "GRACE_SECONDS", 0.01)
    monkeypatch.setattr(web_server, "BYTES_PER_SECOND", 1e9)


@pytest.mark.parametrize(
    ("headers", "pieces"),
    [
        ({"content-length": "6"}, [b"abc", b"def"]),
        (CHUNKED, [b"abc", b"def"]),
        (CHUNKED | {"content-length": "3"}, [b"abcdef"]),
    ],
)
def test_the_application_gets_a_body_whole(headers: dict[str, str], pieces: list[bytes | None]) -> None:
    got = answer(RsgiApplication(echo), Scope(headers=headers), Connection(pieces))
    assert (got.status, got.body) == (200, b"abcdef")
    assert ("Connection", "close") not in got.headers


def test_a_burst_of_sign_ins_waits_for_its_turn_and_keeps_nobody_else_waiting() -> None:
    turn, names = Event(), set[str]()

    def slow_sign_in(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            names.add(current_thread().name.partition("_")[0])
            turn.wait()
        return echo(environ, start)

    async def burst() -> list[int]:
        served, signing_in, other = RsgiApplication(slow_sign_in), [Connection() for _ in range(100)], Connection()
        waiting = [asyncio.create_task(served.__rsgi__(Scope(), one)) for one in signing_in]
        await served.__rsgi__(Scope("GET"), other)
        held = served._signing_in
        turn.set()
        await asyncio.gather(*waiting)
        return [other.status, held, served._signing_in, *{one.status for one in signing_in}]

    assert run(burst()) == [200, 100, 0, 200]
    assert names == {"sign-in"}


def test_more_than_may_wait_to_sign_in_are_answered_by_the_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "MOST_SIGNING_IN", 2)
    names = list[str]()

    def named(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        names.append(current_thread().name.partition("_")[0])
        return echo(environ, start)

    async def three() -> None:
        served = RsgiApplication(named)
        await asyncio.gather(*(served.__rsgi__(Scope(), Connection()) for _ in range(3)))

    run(three())
    assert sorted(names) == ["answer", "sign-in", "sign-in"]


def test_without_a_body_nothing_is_waited_for() -> None:
    for method in ("GET", "POST"):
        assert answer(RsgiApplication(echo), Scope(method), Connection([None])).body == b""
    assert answer(RsgiApplication(echo), Scope("GET", http_version="2"), Connection([None])).body == b""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("headers", [{"content-length": "6"}, {"content-length": "16000000"}, CHUNKED])
def test_a_body_that_stops_in_the_middle_is_given_up_in_time(headers: dict[str, str]) -> None:
    got = answer(RsgiApplication(echo), Scope(headers=headers), Connection([b"abc", None]))
    assert got.body == b"too slow"
    assert ("Connection", "close") in got.headers


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("path", "mimetype"), [("/sign-in", "text/html"), ("/api/v1/submissions", "application/problem+json")]
)
def test_a_slow_caller_is_told_so(app: Flask, path: str, mimetype: str) -> None:
    got = answer(RsgiApplication(app), Scope(path=path, headers={"content-length": "6"}), Connection([b"abc", None]))
    assert got.status == 408
    assert dict(got.headers)["Content-Type"].startswith(mimetype)
    assert b"too long to arrive" in got.body


def test_a_body_that_is_too_long_is_refused_unread(app: Flask) -> None:
    sent = Connection([b"x"])
    got = answer(RsgiApplication(app), Scope(headers={"content-length": str(MOST_READ + 1)}), sent)
    assert (got.status, sent.read) == (413, 0)
    assert ("Connection", "close") in got.headers


def test_of_a_body_without_a_length_no_more_is_read_than_may_be() -> None:
    sent = Connection([b"x" * (1 << 20)] * 40)
    got = answer(RsgiApplication(echo), Scope(headers=CHUNKED), sent)
    assert len(got.body) == MOST_READ
    assert sent.read < MOST_READ + (1 << 20)


def test_a_caller_who_breaks_off_is_no_fault_of_ours(app: Flask) -> None:
    got = answer(RsgiApplication(app), Scope(headers={"content-length": "6"}), Connection([b"abc"], breaks_off=True))
    assert got.status == 400


@pytest.mark.parametrize("headers", [{"content-length": "600"}, CHUNKED])
def test_all_bodies_together_are_bounded(app: Flask, headers: dict[str, str]) -> None:
    served = RsgiApplication(app)
    served._room = BodyMemory(most=1000, held=500)
    got = answer(served, Scope(headers=headers), Connection([b"x" * 600]))
    assert (got.status, dict(got.headers)["Retry-After"]) == (503, "5")
    assert served._room.held == 500
    served._room = BodyMemory()
    answer(served, Scope(headers=headers), Connection([b"x" * 600]))
    assert served._room == BodyMemory(MOST_HELD, 0)


def test_to_announce_a_large_body_reserves_nothing() -> None:
    async def announce() -> list[int]:
        served = RsgiApplication(echo)
        scope = Scope(headers={"content-length": "16000000"})
        waiting = [asyncio.create_task(served.__rsgi__(scope, Connection([b"x" * 10, None]))) for _ in range(200)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        held = [served._room.held]
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return [*held, served._room.held]

    assert run(announce()) == [2000, 0]


def test_a_place_is_given_back_whole() -> None:
    room = BodyMemory(10)
    place = BodyShare(room)
    assert [place.take(6), place.take(6), place.take(4), room.held] == [True, False, True, 10]
    place.leave()
    assert (room.held, place.size) == (0, 0)


class _Busy(ThreadPoolExecutor):
    """Threads of which none is ever free."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        """Take the work and never do it."""
        return Future()


def test_probes_are_answered_while_every_thread_is_taken() -> None:
    async def probe(path: str) -> Connection:
        served, connection = RsgiApplication(echo), Connection()
        served._threads = _Busy()
        waiting = asyncio.create_task(served.__rsgi__(Scope("GET", "/exercises"), Connection()))
        await served.__rsgi__(Scope("GET", path), connection)
        assert not waiting.done()
        waiting.cancel()
        return connection

    assert [run(probe(path)).status for path in ("/healthz", "/readyz")] == [200, 200]


def test_an_answer_without_a_length_is_sent_piece_by_piece_and_closed() -> None:
    closed: list[str] = []

    def stream(_environ: dict[str, Any], start: StartResponse) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/csv")])
        try:
            yield from (b"a", b"b", b"c")
        finally:
            closed.append("closed")

    got = answer(RsgiApplication(stream), Scope("GET"), Connection())
    assert (got.body, got.is_stream, got.headers, closed) == (b"abc", True, [("Content-Type", "text/csv")], ["closed"])


def test_a_fault_of_the_application_itself_is_answered() -> None:
    def broken(_environ: dict[str, Any], _start: StartResponse) -> Iterable[bytes]:
        raise OSError("out of everything")

    got = answer(RsgiApplication(broken), Scope("GET"), Connection())
    assert (got.status, got.body) == (500, b"Something went wrong on our side.")


def test_who_is_gone_before_the_answer_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "log", None)  # nothing is logged
    assert answer(RsgiApplication(echo), Scope("GET"), Connection(is_gone=True)).status == 0


def test_a_request_is_told_as_wsgi_tells_it() -> None:
    environ = environment_of(
        Scope(
            "GET",
            "/exercises/xor é",
            "a=%20b",
            scheme="https",
            client="[2001:db8::1]:99",
            headers={"host": "g.example"},
        )
    )
    told = {name: value for name, value in environ.items() if not name.startswith("wsgi.")}
    assert told == {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/exercises/xor Ã©",
        "QUERY_STRING": "a=%20b",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "2001:db8::1",
        "HTTP_HOST": "g.example",
    }
    assert environ["wsgi.url_scheme"] == "https"
    assert environment_of(Scope(authority="h.example:1"))["HTTP_HOST"] == "h.example:1"


def test_headers_are_joined_and_forged_names_left_out() -> None:
    sent = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x_forwarded_for", "6.6.6.6"),
        ("x-forwarded-for", "192.0.2.2"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("content-type", "text/plain"),
    ]
    assert headers_of(sent) == {
        "HTTP_X_FORWARDED_FOR": "192.0.2.1,192.0.2.2",
        "HTTP_COOKIE": "a=1; b=2",
        "CONTENT_TYPE": "text/plain",
    }
