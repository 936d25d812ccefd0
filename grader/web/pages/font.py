"""The font of formulas, STIX Two Math (SIL Open Font License), as the ziamath package carries it."""

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Response, request

NAME = "stix-two-math.ttf"
FILE = "fonts/STIXTwoMath-Regular.ttf"
MEDIA_TYPE = "font/ttf"


@cache
def content() -> bytes:
    """The file; only read, since importing the package would load all of its drawing."""
    spec = find_spec("ziamath")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package ziamath is not installed")
    return (Path(spec.origin).parent / FILE).read_bytes()


@cache
def packed() -> bytes:
    """The same at half its size; packed once a process, when it is first asked for."""
    return gzip.compress(content(), mtime=0)


def font_reply() -> Response:
    """Give the font, packed where the browser can unpack it."""
    is_packed = request.accept_encodings.quality("gzip") > 0
    response = Response(packed() if is_packed else content(), mimetype=MEDIA_TYPE)
    response.headers["Vary"] = "Accept-Encoding"
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
