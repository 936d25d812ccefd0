"""How often one caller may ask. The counts are this process's own: no broker is needed to answer a request."""

import math
import time
from hashlib import sha256

from flask import Blueprint, request
from flask_limiter import Limiter

# Far above what a class does (2,000 a second from one LMS is fine); it stops a script that runs away.
PER_CALLER = "200000 per minute"


def address() -> str:
    """Name the caller by its network address, which is the proxy's word where a proxy is trusted."""
    return request.remote_addr or "unknown"


def bearer_or_address() -> str:
    """Name the caller by its token (hashed: the counts hold no secrets), else by its address."""
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return address()
    return sha256(authorization.encode("utf-8", "surrogateescape")).hexdigest()


limiter = Limiter(address, storage_uri="memory://", headers_enabled=False)


def limit_api(blueprint: Blueprint) -> None:
    """Bound what one token may ask of the API.

    Refused tokens are not counted by address: guessing one is hopeless, and a campus that shares an address must not
    suffer for somebody's expired token.
    """
    limiter.shared_limit(PER_CALLER, scope="api", key_func=bearer_or_address)(blueprint)


def seconds_to_wait() -> int:
    """Give the seconds after which the limit that was hit lets the caller in again."""
    hit = limiter.current_limit
    return max(1, math.ceil(hit.reset_at - time.time())) if hit else 60
