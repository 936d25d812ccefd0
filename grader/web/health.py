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


def _database(services: WebServices) -> str:
    try:
        migrated = services.is_migrated()
    except SQLAlchemyError as error:
        log.warning("database not ready", error=type(error).__name__)
        return "unreachable"
    return "ok" if migrated else "not migrated"


def _broker(services: WebServices) -> str:
    try:
        with Redis.from_url(str(services.settings.redis_url), socket_connect_timeout=0.5, socket_timeout=0.5) as redis:
            redis.ping()
    except (RedisError, ValueError):
        return "unreachable"
    return "ok"


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Report whether the database can be used. The broker is only reported: without it, grading waits for the sweep."""
    services = web_services()
    database, broker = _database(services), _broker(services)
    is_ready = database == "ok"
    body = jsonify(status="ready" if is_ready else "not ready", database=database, broker=broker)
    return body, 200 if is_ready else 503
