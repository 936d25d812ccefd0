"""Stylesheets, scripts, the icon and the font of formulas, under an address that changes with their content and may be kept for ever."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Response, send_from_directory, url_for

from grader.web.pages import font

FOLDER = Path(__file__).parent.parent / "static"


@cache
def digest() -> str:
    """One hash over all files: a module's relative imports then stay within one version."""
    whole = sha256()
    for file in sorted(FOLDER.iterdir()):
        whole.update(file.name.encode() + b"\0" + file.read_bytes())
    whole.update(font.content())
    return whole.hexdigest()[:16]


def address(name: str) -> str:
    """The address of a file, for templates."""
    return url_for("pages.asset", version=digest(), name=name)


def asset(version: str, name: str) -> Response:
    """Give a file; only the current version's address may be kept, since an older one serves newer content."""
    response = font.font_reply() if name == font.NAME else send_from_directory(FOLDER, name)
    current = version == digest()
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return response
