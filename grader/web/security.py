"""Security headers of every response, and protection against forged requests.

A browser sends cookies with requests that other sites start. A request that changes something must therefore show where
it comes from: by `Sec-Fetch-Site`, which no script can set, else by `Origin`. All current browsers send one of them
with a POST from another site (and our cookie is SameSite=Lax), so a request with neither does not come from a browser
but from a program that holds its cookie itself: nobody can be tricked into it, and it is accepted. The API accepts only
tokens, never cookies.
"""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from flask_babel import gettext as _

from grader.web.dependencies import web_services
from grader.web.problem import ProblemError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _own_origins() -> set[str]:
    base_url = web_services().settings.base_url
    return {_origin(request.host_url)} | ({_origin(str(base_url))} if base_url else set())


def _is_believed() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin.lower() in _own_origins()


def refuse_forgery() -> None:
    """Refuse an unsafe request that another site may have started.

    Raises:
        ProblemError: 403 if the request does not prove that it comes from our own pages.
    """
    if request.method in SAFE_METHODS or request.path.startswith("/api/") or _is_believed():
        return
    detail = _("This request did not come from this site's own pages. Open the page here and send it again.")
    raise ProblemError("cross-site", detail)


def name_request() -> None:
    """Give the request an id, the client's if it is safe, and add it to every log line."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def add_headers(response: Response) -> Response:
    """Add security headers to every response; a header set by a view is kept."""
    is_page = response.mimetype == "text/html"
    wanted = HEADERS | {"Content-Security-Policy": PAGE_POLICY if is_page else API_POLICY, "Cache-Control": "no-store"}
    if request.is_secure:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    present = set(response.headers.keys())
    response.headers.extend((name, value) for name, value in wanted.items() if name not in present)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def protect(app: Flask) -> None:
    """Apply all of this to every request of `app`."""
    app.before_request(name_request)
    app.before_request(refuse_forgery)
    app.after_request(add_headers)
