"""Headers that mean something here, as the document describes them."""

from typing import Any

REQUEST: dict[str, dict[str, Any]] = {
    "Prefer": {
        "description": "`wait=N`: wait up to N seconds (at most 30) for the report (RFC 7240).",
        "schema": {"type": "string", "examples": ["wait=10"]},
    },
    "Accept-Language": {
        "description": "Languages in which the statement would be welcome.",
        "schema": {"type": "string", "examples": ["vi, en;q=0.5"]},
    },
    "Idempotency-Key": {
        "description": "Your name for this request. Sent again within 24 hours, the first reply is given again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    },
}

RESPONSE: dict[str, dict[str, Any]] = {
    "Location": {"description": "Where it is.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which asking again makes sense.", "schema": {"type": "string"}},
    "Preference-Applied": {"description": "How long the server was ready to wait.", "schema": {"type": "string"}},
    "Link": {"description": "The following page (RFC 8288).", "schema": {"type": "string"}},
    "Content-Language": {"description": "The language of the statement.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {"description": "`true` where this reply was given before.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to authenticate (RFC 6750).", "schema": {"type": "string"}},
    "X-Request-Id": {"description": "Names this request in the server's log.", "schema": {"type": "string"}},
}
