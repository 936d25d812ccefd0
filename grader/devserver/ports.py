"""Free ports, and whether a page answers."""

import errno
import http.client
import socket
from urllib.parse import urlsplit

from grader.devserver.errors import LocalError


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that is currently free."""
    with socket.create_server((host, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def check_port(host: str, port: int) -> None:
    """Raise LocalError with advice if the port cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise LocalError(_reason(host, port, error)) from error


def _reason(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is taken: choose another one, as in `make run PORT={free_port()}`."
        case errno.EACCES:
            return f"Port {port} is not for ordinary users: choose another one, as in `make run PORT=8000`."
        case _:
            return f"{host} is no address of this machine: see GRADER_HOST ({error})."


_SECONDS = 20
"""For one response: the first one takes long on a busy machine, and the caller retries."""


def answers(url: str) -> bool:
    """Return whether a GET of this URL is answered with 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
