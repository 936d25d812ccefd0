"""A request of granian's as WSGI (PEP 3333) tells it."""

import sys
from collections.abc import Iterable
from typing import Any, Protocol


class SentHeaders(Protocol):
    """The headers of a request: names in small letters, repeated ones one by one."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return them in the order in which they came."""


class Scope(Protocol):
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


def environment_of(scope: Scope) -> dict[str, Any]:
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
