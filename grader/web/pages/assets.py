"""Stylesheets, scripts, the icon and the font of formulas, under an address that changes with their content and may be kept for ever."""

import gzip
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Response, request, send_from_directory, url_for

from grader.web.pages import font

FOLDER = Path(__file__).parent.parent / "static"


@cache
def digest() -> str:
    """One hash over all files: a module's relative imports then stay within one version."""
    whole = sha256()
    for file in sorted(FOLDER.iterdir()):
        whole.update(file.name.encode() + b"\0" + file.read_bytes())
    whole.update(font.path().read_bytes())
    return whole.hexdigest()[:16]


def address(name: str) -> str:
    """The address of a file, for templates."""
    return url_for("pages.asset", version=digest(), name=name)


def asset(version: str, name: str) -> Response:
    """Send a file, compressed where the browser can decompress it.

    Only the current version's address may be cached, since an older one serves newer content.
    """
    response = _compressed(name) if request.accept_encodings.quality("gzip") > 0 else _plain(name)
    response.headers["Vary"] = "Accept-Encoding"
    current = version == digest()
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return response


def _plain(name: str) -> Response:
    """Send a file as it is; 404 where there is none, 304 where the browser has it."""
    if name == font.NAME:
        return send_from_directory(font.path().parent, font.path().name, mimetype=font.MEDIA_TYPE)
    return send_from_directory(FOLDER, name)


def _compressed(name: str) -> Response:
    """Send a file with gzip, under an ETag of its own."""
    plain = _plain(name)
    plain.close()
    path = font.path() if name == font.NAME else FOLDER / name
    response = Response(_gzip(path, path.stat().st_mtime_ns), mimetype=plain.mimetype)
    response.headers["Content-Encoding"] = "gzip"
    response.add_etag()
    response.make_conditional(request)
    return response


@lru_cache(maxsize=128)
def _gzip(path: Path, _changed_at: int) -> bytes:
    """Compress a file, once a process for each version of it."""
    return gzip.compress(path.read_bytes(), mtime=0)
