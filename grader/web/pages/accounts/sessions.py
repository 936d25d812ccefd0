"""Ending one's own sessions and tokens."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from grader.services import own_sessions
from grader.web.auth import person
from grader.web.wiring import web_services


def end_session(session_id: int) -> Response:
    """Sign out of one browser; where it is this one, the next page asks to sign in."""
    services = web_services()
    own_sessions.end_session(services.sessions, person().id, session_id, services.clock())
    return _back()


def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    services = web_services()
    own_sessions.end_other_sessions(services.sessions, person().id, person().session_id or 0, services.clock())
    return _back()


def revoke_token(token_id: int) -> Response:
    """Make one of one's own tokens useless."""
    services = web_services()
    own_sessions.end_token(services.sessions, person().id, token_id, services.clock())
    return _back()


def _back() -> Response:
    return redirect(url_for("pages.account"), 303)
