"""What a process tells about its work: metrics for Prometheus at /metrics, and a line of log for each request.

Everything is counted under names that the code knows (endpoint, method, status), never under what a caller sent.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

import structlog
from flask import Blueprint, Flask, Response, abort, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError

from grader.web.dependencies import WebServices, web_services
from grader.web.limits import limiter

log = structlog.get_logger(__name__)
bp = Blueprint("metrics", __name__)
limiter.exempt(bp)

READ_AT: Final = "grader.read_at"
"""The key of the WSGI environment with the time (perf_counter) at which the server had read the request."""

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REGISTRY: Final = CollectorRegistry()
"""Of this process; a web server is one process."""

REQUESTS: Final = Counter(
    "nn_grader_requests", "Answered requests", ["endpoint", "method", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "nn_grader_request_seconds",
    "From the last byte read to the response, without those that wait for a report",
    ["endpoint", "method"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
IN_HAND: Final = Gauge(
    "nn_grader_requests_in_hand", "Requests that a thread handles or that wait for one", ["threads"], registry=REGISTRY
)
for collector in (ProcessCollector, PlatformCollector, GCCollector):
    collector(registry=REGISTRY)

OTHERS: Final = "other"
"""The endpoint and method of requests to addresses, or by methods, that do not exist."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def measure(app: Flask) -> None:
    """Count and time every request of `app`."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    request.environ.setdefault(READ_AT, perf_counter())


def _end(response: Response) -> Response:
    seconds = perf_counter() - request.environ.get(READ_AT, perf_counter())
    endpoint = request.endpoint or OTHERS
    method = request.method if request.method in METHODS else OTHERS
    REQUESTS.labels(endpoint, method, response.status_code).inc()
    if "Prefer" not in request.headers:
        SECONDS.labels(endpoint, method).observe(seconds)
    if web_services().settings.log_requests:
        rule = request.url_rule.rule if request.url_rule else OTHERS
        log.info("request", method=method, route=rule, status=response.status_code, seconds=round(seconds, 4))
    return response


@contextmanager
def in_hand(threads: str) -> Iterator[None]:
    """Count a request as in hand, by the kind of threads that handle it."""
    gauge = IN_HAND.labels(threads)
    gauge.inc()
    try:
        yield
    finally:
        gauge.dec()


@bp.get("/metrics")
def metrics() -> Response:
    """Show the metrics to callers with the token; without a token in the settings there are none."""
    services = web_services()
    token = services.settings.metrics_token
    if token is None:
        abort(404)
    wanted, given = f"Bearer {token.get_secret_value()}", request.headers.get("Authorization", "")
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "surrogateescape")):
        return Response("The token of the metrics is missing or wrong.\n", 401, {"WWW-Authenticate": "Bearer"})
    body = generate_latest(REGISTRY) + generate_latest(_state(services))
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _state(services: WebServices) -> CollectorRegistry:
    """Return how things are at the moment: connections to the database, and what waits in it."""
    registry = CollectorRegistry()
    pool = services.sessions.kw["bind"].pool
    connections = Gauge("nn_grader_database_connections", "Of this process", ["state"], registry=registry)
    connections.labels("in use").set(pool.checkedout())
    connections.labels("idle").set(pool.checkedin())
    try:
        work = services.recent_work.read(services.sessions, services.clock())
    except SQLAlchemyError as error:
        log.warning("what waits cannot be counted", error=type(error).__name__)
        return registry
    oldest = 0.0 if work.oldest is None else max(0.0, (services.clock() - work.oldest).total_seconds())
    for name, meaning, value in (
        ("submissions_waiting", "Submissions of the whole service to be judged, up to 100,000", work.submissions),
        ("submissions_waiting_oldest_seconds", "How long the oldest of them has waited", oldest),
        ("password_resets_waiting", "Requests that neither e-mail nor a person has answered", work.resets),
    ):
        Gauge(f"nn_grader_{name}", meaning, registry=registry).set(value)
    return registry
