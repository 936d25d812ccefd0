"""Whether a web server answers."""

import http.client
from urllib.parse import urlsplit

_SECONDS = 20
"""For one answer: on a busy machine the first takes long, and whoever asks asks again."""


def answers(url: str) -> bool:
    """Tell whether a GET on this address is answered with 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
