"""Signing in and out."""

from datetime import timedelta

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from grader.services.begin import Browser
from grader.services.errors import SignInBusy, SignInRefused
from grader.services.secret import Secret
from grader.services.sign_in import Credentials, purpose_of_link, sign_in_by_link
from grader.services.sign_in import sign_in as start_session
from grader.services.sign_in import sign_out as end_session
from grader.store.links import Purpose
from grader.web import auth
from grader.web.counts import ProcessCounts, hashed
from grader.web.errors import in_words
from grader.web.limits import address, limiter, wait_in_words
from grader.web.pages.next_page import HOME, own_path
from grader.web.wiring import web_services

LATELY = 600
"""Seconds."""

_failed_lately = ProcessCounts()
"""By e-mail and address, in this process alone: who failed less often comes first."""


def sign_in() -> Response:
    """Show the form."""
    return _form(own_path(request.args.get("next", HOME)))


def check_sign_in() -> BaseResponse:
    """Sign in by e-mail and password; what is wrong is never told more closely than that it is."""
    services = web_services()
    wanted = own_path(request.form.get("next", HOME))
    tries = _failed_lately.get(hashed(_pair()))
    typed = Credentials(request.form.get("email", ""), request.form.get("password", ""), tries)
    try:
        token = start_session(services.sessions, typed, browser(), services.clock())
    except SignInRefused:
        _note_failure()
        return _form(wanted, email=typed.email, problem=_("This e-mail address and password do not belong together."))
    except SignInBusy as busy:
        g.was_busy = True  # counted against the address alone: nobody's password was tried
        return _busy(wanted, typed.email, in_words(busy.detail))
    _failed_lately.clear(hashed(_pair()))
    return signed_in(token, wanted)


def open_link(token: str) -> Response:
    """Show the button that uses a one-time link.

    A GET changes nothing: previews of chats, scanners of mail and browsers that prefetch open links, and press no
    buttons. The page does not name the person, since a preview would show the name to everyone in the chat.
    """
    services = web_services()
    purpose = purpose_of_link(services.sessions, token, services.clock())
    return make_response(render_template("accounts/link.html", token=token, sets_password=purpose is Purpose.RESET))


def follow_link(token: str) -> BaseResponse:
    """Use a one-time link up, and sign in."""
    services = web_services()
    entered = sign_in_by_link(services.sessions, token, browser(), services.clock())
    return signed_in(entered.token, url_for("pages.password") if entered.sets_password else HOME)


def sign_out() -> BaseResponse:
    """End the session, here and in the database."""
    _end_session()
    response = make_response(redirect(url_for("pages.sign_in"), 303))
    auth.forget(response)
    return response


def _form(wanted: str, *, email: str = "", problem: str | None = None) -> Response:
    body = render_template("sign_in.html", next=wanted, email=email, problem=problem, elsewhere=_elsewhere())
    return make_response(body, 401 if problem else 200)


def _busy(wanted: str, email: str, problem: str) -> Response:
    """Show the form again at once, to be sent again after a second."""
    response = _form(wanted, email=email, problem=problem)
    response.status_code = 503
    response.headers["Retry-After"] = "1"
    return response


def signed_in(token: Secret, wanted: str) -> BaseResponse:
    """Let the browser keep its new session, and go on; the token is always a new one."""
    _end_session()  # the browser's former one, which its cookie names no longer
    response = make_response(redirect(wanted, 303))
    auth.remember(response, token.plain)
    return response


def _end_session() -> None:
    services = web_services()
    plain = auth.session_token()
    if plain:
        end_session(services.sessions, plain, services.clock())


def _elsewhere() -> str | None:
    """Who else signs people in, as the button says it."""
    services = web_services()
    return services.settings.oidc_name if services.openid else None


def _too_many() -> str:
    wait = wait_in_words()
    return _("Too many attempts to sign in failed. %(wait)s Or ask for a link: it signs you in at once.", wait=wait)


def browser() -> Browser:
    """What is in front of the person who signs in."""
    return Browser(timedelta(days=web_services().settings.session_days), request.user_agent.string)


def _typed_email() -> str:
    return request.form.get("email", "").strip().lower()


def _pair() -> str:
    return f"{address()} {_typed_email()}"


def _note_failure() -> None:
    g.has_failed = True
    _failed_lately.incr(hashed(_pair()), LATELY)


def _failed(_response: BaseResponse) -> bool:
    return bool(g.get("has_failed"))


def _failed_or_busy(_response: BaseResponse) -> bool:
    return bool(g.get("has_failed") or g.get("was_busy"))


# Only failures count: a whole class signs in from one address when the lecture begins, and some of them mistype. Guessing
# one person's password is bounded from one place and from everywhere, guessing many people's from one place. Where too
# many sign in, no password was tried: that never locks the person out, and a flood from one address ends all the same.
for scope, amount, key, counts in (
    ("sign-in-pair", "10 per 10 minutes", _pair, _failed),
    ("sign-in-address", "1000 per 10 minutes", address, _failed_or_busy),
    ("sign-in-email", "100 per hour", lambda: f"e-mail {_typed_email()}", _failed),
):
    check_sign_in = limiter.shared_limit(amount, scope, key_func=key, deduct_when=counts, error_message=_too_many)(
        check_sign_in
    )
