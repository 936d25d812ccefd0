"""How often one caller may ask.

What people may try (signing in, asking for links, guessing codes) is counted for all web servers together. What bounds
programs protects a process from a script that runs away, and is counted by each process: no broker is needed to answer
a request of the API.
"""

import math
import time
from hashlib import sha256

from flask import Blueprint, Flask, request
from flask_babel import ngettext
from flask_limiter import Limiter

from grader.web.counts import OWN_SCHEME, SCHEME

# Far above what a class does (2,000 a second from one LMS is fine); it stops a script that runs away.
PER_CALLER = "200000 per minute"

SOON = 90
"""Seconds; what takes longer is said in minutes."""


def address() -> str:
    """Name the caller by its network address, which is the proxy's word where a proxy is trusted."""
    return request.remote_addr or "unknown"


def bearer_or_address() -> str:
    """Name the caller by its token (hashed: the counts hold no secrets), else by its address."""
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return address()
    return sha256(authorization.encode("utf-8", "surrogateescape")).hexdigest()


limiter = Limiter(address, storage_uri=f"{SCHEME}://", headers_enabled=False)
per_process = Limiter(address, storage_uri=f"{OWN_SCHEME}://", headers_enabled=False)


def limit(app: Flask, redis_url: str) -> None:
    """Let limits hold for `app`."""
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"redis_url": redis_url}
    limiter.init_app(app)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {}
    per_process.init_app(app)


def limit_api(blueprint: Blueprint) -> None:
    """Bound what one token may ask of the API.

    Refused tokens are not counted by address: guessing one is hopeless, and a campus that shares an address must not
    suffer for somebody's expired token.
    """
    per_process.shared_limit(PER_CALLER, scope="api", key_func=bearer_or_address)(blueprint)


def seconds_to_wait() -> int:
    """Give the seconds after which the limit that was hit lets the caller in again."""
    hit = limiter.current_limit or per_process.current_limit
    return max(1, math.ceil(hit.reset_at - time.time())) if hit else 60


def wait_in_words() -> str:
    """Say when the caller may try again."""
    seconds = seconds_to_wait()
    if seconds <= SOON:
        return ngettext("Try again in %(num)s second.", "Try again in %(num)s seconds.", seconds)
    minutes = math.ceil(seconds / 60)
    return ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", minutes)
