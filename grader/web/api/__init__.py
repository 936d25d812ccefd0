"""REST under /api/v1."""

from flask import Blueprint

from grader.web.limits import limit_api


def blueprint() -> Blueprint:
    """Give everything under /api."""
    bp = Blueprint("api", __name__, url_prefix="/api")
    limit_api(bp)
    return bp
