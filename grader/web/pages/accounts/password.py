"""Setting a password: the first one, another one, or a new one after it was forgotten."""

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.services.choose_password import NewPassword, choose_password, needs_current
from grader.services.errors import WeakPassword, WrongPassword
from grader.services.passwords import LONGEST, SHORTEST
from grader.web.auth import person
from grader.web.errors import in_words
from grader.web.limits import limiter
from grader.web.wiring import web_services

REFUSED = 422


def password() -> Response:
    """Show the form."""
    return _page()


def set_password() -> Response:
    """Set the password; passwords that were typed are never sent back."""
    services = web_services()
    typed = NewPassword(request.form.get("password", ""), request.form.get("current", ""))
    if typed.password != request.form.get("again", ""):
        return _page({"again": _("The two are not the same. Please type the new password twice.")})
    try:
        choose_password(services.sessions, _session_id(), typed, services.clock())
    except WrongPassword as refused:
        return _page({"current": in_words(refused.detail)})
    except WeakPassword as refused:
        return _page({"password": in_words(refused.detail)})
    return redirect(url_for("pages.account", password_set=1), 303)


def _page(problems: dict[str, str] | None = None) -> Response:
    with web_services().sessions() as session:
        asks_current = needs_current(session, _session_id())
    body = render_template(
        "accounts/password.html", asks_current=asks_current, problems=problems or {}, shortest=SHORTEST, longest=LONGEST
    )
    return make_response(body, REFUSED if problems else 200)


def _session_id() -> int:
    return person().session_id or 0


def _refused(response: Response) -> bool:
    return response.status_code == REFUSED


set_password = limiter.shared_limit(
    "10 per 10 minutes", "set-password", key_func=lambda: str(person().id), deduct_when=_refused
)(set_password)
