"""Callers who send a byte at a time, against the real server."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode, urlsplit

import pytest

from tests.fixtures.patience import PATIENCE, wait_until
from tests.fixtures.site import Site

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _place(site: Site) -> tuple[str, int]:
    parts = urlsplit(site.address)
    return str(parts.hostname), int(parts.port or 0)


def ask(site: Site, method: str, path: str, body: str | None = None) -> int:
    connection = http.client.HTTPConnection(*_place(site), timeout=PATIENCE)
    try:
        connection.request(method, path, body, FORM)
        return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def slow_callers(site: Site, count: int, head: str) -> Iterator[list[socket.socket]]:
    """Connections over which a request has begun, and its body not ended."""
    with ExitStack() as open_ones:
        made = [open_ones.enter_context(socket.create_connection(_place(site), timeout=PATIENCE)) for _ in range(count)]
        for one in made:
            one.sendall(f"{head}\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n".encode())
            one.sendall(b"Content-Length: 5000\r\n\r\ne")
        yield made


def waits(one: socket.socket) -> bool:
    """Whether the server has answered nothing yet, and keeps the connection."""
    one.setblocking(False)
    try:
        one.recv(1)
    except BlockingIOError:
        return True
    return False


@pytest.mark.parametrize("count", [40, 200])
def test_callers_who_send_slowly_keep_nobody_waiting(site: Site, count: int) -> None:
    """Others are served while all slow requests are still being read: those hold no thread."""

    def are_all_read_meanwhile() -> bool:
        """On a machine so slow that the server gave some of them up before, nothing was shown: then once more."""
        with slow_callers(site, count, "POST /sign-in HTTP/1.1") as callers:
            assert ask(site, "GET", "/healthz") == 200
            assert ask(site, "POST", "/sign-in", urlencode({"email": "an@example.org", "password": "?"})) in {401, 429}
            return all(map(waits, callers))

    wait_until(are_all_read_meanwhile)


def test_a_caller_who_stops_in_the_middle_is_told_and_let_go(site: Site) -> None:
    reply = b""
    while piece := site.stopped.recv(65536):  # until the server closes
        reply += piece
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["type"] == "/api/docs#too-slow"


def test_a_body_in_chunks_is_read(site: Site) -> None:
    with socket.create_connection(_place(site), timeout=PATIENCE) as caller:
        caller.sendall(
            b"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
        )
        reply = caller.recv(65536)
    assert reply.startswith(b"HTTP/1.1 401 ")  # it was read; no token came with it


def test_pages_and_their_heads_are_the_same(site: Site) -> None:
    assert ask(site, "GET", "/sign-in") == ask(site, "HEAD", "/sign-in") == 200
