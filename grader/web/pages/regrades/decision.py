"""The buttons of a regrade's page."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from grader.services.regrade import decide
from grader.web.auth import membership
from grader.web.wiring import web_services


def apply_regrade(assignment_id: int, regrade_id: int) -> Response:
    """Let it count."""
    services = web_services()
    with services.sessions.begin() as session:
        decide.apply_regrade(session, membership(), regrade_id)
    services.wake_bulk()
    return _back(assignment_id, regrade_id)


def roll_back_regrade(assignment_id: int, regrade_id: int) -> Response:
    """Let count again what did before."""
    services = web_services()
    with services.sessions.begin() as session:
        decide.roll_back(session, membership(), regrade_id)
    services.wake_bulk()
    return _back(assignment_id, regrade_id)


def discard_regrade(assignment_id: int, regrade_id: int) -> Response:
    """Put it away."""
    services = web_services()
    with services.sessions.begin() as session:
        decide.discard(session, membership(), regrade_id, services.clock())
    return redirect(url_for("pages.regrades", assignment_id=assignment_id), 303)


def _back(assignment_id: int, regrade_id: int) -> Response:
    return redirect(url_for("pages.regrade", assignment_id=assignment_id, regrade_id=regrade_id), 303)
