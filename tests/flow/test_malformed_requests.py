"""Requests that no library sends, written byte by byte to the real server: refused or closed, and nobody else notices."""

import socket
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.fixtures.patience import PATIENCE
from tests.fixtures.site import Site

FORM: Final = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
END: Final = b"Connection: close\r\n\r\n"
REQUESTS: Final = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\nHost: x\r\n" + END,
    "a method of a kilobyte": b"A" * 1024 + b" / HTTP/1.1\r\nHost: x\r\n" + END,
    "an address of 100 KB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n" + END,
    "an address with a way up": b"GET /assets/x/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n" + END,
    "an address with an escaped way up": b"GET /assets/x/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n" + END,
    "the address of another site": b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n" + END,
    "a line break in an address": b"GET /sign-in?next=/%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\n" + END,
    "a header of a megabyte": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 1_000_000 + b"\r\n" + END,
    "10,000 headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: a\r\n" * 10_000 + END,
    "a header without a name": b"GET / HTTP/1.1\r\nHost: x\r\n: a\r\n" + END,
    "a header with a zero byte": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n" + END,
    "a header over two lines": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n" + END,
    "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: evil.example\r\n" + END,
    "two cookies of a session": b"GET / HTTP/1.1\r\nHost: x\r\nCookie: nn_grader_session=a\r\nCookie: nn_grader_session=b\r\n" + END,
    "two lengths": FORM + b"Content-Length: 5\r\nContent-Length: 50\r\n" + END + b"a=1&b",
    "a length that is none": FORM + b"Content-Length: +5\r\n" + END + b"a=1&b",
    "a length and chunks": FORM
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
    + END
    + b"0\r\n\r\nGET /admin/people HTTP/1.1\r\nHost: x\r\n\r\n",
    "an unknown coding": FORM + b"Transfer-Encoding: xchunked\r\n" + END + b"0\r\n\r\n",
    "a chunk of an impossible size": FORM + b"Transfer-Encoding: chunked\r\n" + END + b"fffffffffffffffff\r\na",
}  # fmt: skip


LARGE: Final = 50_000
"""Bytes; while more is sent, the server may close before its refusal is read."""


def answer(site: Site, request: bytes) -> bytes:
    """Send a request, and return all that comes back until the server closes the connection."""
    place = urlsplit(site.address)
    received = b""
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=PATIENCE) as connection:
        try:
            connection.sendall(request)
            while part := connection.recv(1 << 16):
                received += part
        except (BrokenPipeError, ConnectionResetError):  # closed while we were still sending: refused as well
            return received
    return received


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_malformed_request_is_refused_and_nobody_else_notices(site: Site, kind: str) -> None:
    reply = answer(site, REQUESTS[kind])
    assert reply.count(b"HTTP/1.") <= 1, "what follows a request was taken for another one"
    assert reply or len(REQUESTS[kind]) > LARGE, "not even refused"
    status = reply[9:12]
    assert not status.startswith(b"5"), reply[:500]
    head = reply.partition(b"\r\n\r\n")[0].lower()
    assert b"evil.example" not in reply
    assert b"\nset-cookie: a=b" not in head
    assert b"\nserver: granian/" not in head
    assert b"root:" not in reply
    assert answer(site, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + END).startswith(b"HTTP/1.1 200")
