"""Health checks: whether the process is alive, and whether it can serve."""

import structlog
from flask import Blueprint, Response, jsonify
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from grader.web.dependencies import WebServices, web_services
from grader.web.limits import limiter

log = structlog.get_logger(__name__)
bp = Blueprint("health", __name__)
limiter.exempt(bp)


@bp.get("/healthz")
def healthz() -> Response:
    """Report that the process is alive; without dependencies, so that a database failure restarts no web server."""
    return jsonify(status="ok")


def _database(services: WebServices) -> tuple[str, bool]:
    """Return the state of the database, and whether it can be used."""
    try:
        state = services.schema_state()
    except SQLAlchemyError as error:
        log.warning("database not ready", error=type(error).__name__)
        return "unreachable", False
    return state, state.is_usable


def _broker(services: WebServices) -> str:
    try:
        with Redis.from_url(str(services.settings.redis_url), socket_connect_timeout=0.5, socket_timeout=0.5) as redis:
            redis.ping()
    except (RedisError, ValueError):
        return "unreachable"
    return "ok"


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Report whether the database can be used: it may be newer than this version, as long as it works with it. The broker is only reported: without it, grading waits for the sweep."""
    services = web_services()
    (database, is_ready), broker = _database(services), _broker(services)
    body = jsonify(status="ready" if is_ready else "not ready", database=database, broker=broker)
    return body, 200 if is_ready else 503
