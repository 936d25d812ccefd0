"""Signing in and out: by password, by link, by single sign-on; and requesting a link.

No response reveals whether a person is registered.
"""

from dataclasses import astuple
from datetime import timedelta
from typing import Final

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from grader.adapters.oidc import Journey, Provider, new_journey
from grader.services.accounts.authentication import Secret
from grader.services.accounts.password_reset import request_reset
from grader.services.accounts.sign_in import Browser, Credentials, purpose_of_link, sign_in_by_link, sign_in_by_sso
from grader.services.accounts.sign_in import sign_in as start_session
from grader.services.accounts.sign_in import sign_out as end_session
from grader.services.errors import IdentityRefused, SignInBusy, SignInRefused
from grader.vocabulary import LinkPurpose
from grader.web import auth
from grader.web.dependencies import web_services
from grader.web.errors import in_words
from grader.web.i18n import language
from grader.web.limits import ProcessCounts, caller_address, count_key, limiter, wait_in_words
from grader.web.pages.layout import HOME, own_path

FAILURE_WINDOW = 600
"""Seconds."""

_failed_lately = ProcessCounts()
"""By e-mail and network address, in this process alone: callers with fewer failures go first."""


def sign_in() -> Response:
    """Show the form."""
    return _sign_in_form(own_path(request.args.get("next", HOME)))


def check_sign_in() -> BaseResponse:
    """Sign in with e-mail and password; the error never says which of them is wrong."""
    services = web_services()
    wanted = own_path(request.form.get("next", HOME))
    tries = _failed_lately.get(count_key(_email_and_address()))
    typed = Credentials(request.form.get("email", ""), request.form.get("password", ""), tries)
    try:
        token = start_session(services.sessions, typed, browser(), services.clock())
    except SignInRefused:
        _note_failure()
        return _sign_in_form(wanted, email=typed.email, problem=_("The e-mail address or password is incorrect."))
    except SignInBusy as busy:
        g.was_busy = True  # counted against the address alone: no password was checked
        return _busy(wanted, typed.email, in_words(busy.detail))
    _failed_lately.clear(count_key(_email_and_address()))
    return signed_in(token, wanted)


def open_link(token: str) -> Response:
    """Show the button that consumes a one-time link.

    A GET changes nothing: chat previews, mail scanners and prefetching browsers open links, but press no buttons. The
    page does not name the person, since a preview would show the name to everyone in the chat.
    """
    services = web_services()
    purpose = purpose_of_link(services.sessions, token, services.clock())
    return make_response(render_template("accounts/link.html", token=token, sets_password=purpose is LinkPurpose.RESET))


def follow_link(token: str) -> BaseResponse:
    """Consume a one-time link and sign in."""
    services = web_services()
    entered = sign_in_by_link(services.sessions, token, browser(), services.clock())
    return signed_in(entered.token, url_for("pages.password") if entered.sets_password else HOME)


def sign_out() -> BaseResponse:
    """End the session, in the browser and in the database."""
    _end_session()
    response = make_response(redirect(url_for("pages.sign_in"), 303))
    auth.forget(response)
    return response


def _sign_in_form(wanted: str, *, email: str = "", problem: str | None = None) -> Response:
    body = render_template("accounts/sign_in.html", next=wanted, email=email, problem=problem, elsewhere=_sso_name())
    return make_response(body, 401 if problem else 200)


def _busy(wanted: str, email: str, problem: str) -> Response:
    """Show the form again immediately, to be sent again after a second."""
    response = _sign_in_form(wanted, email=email, problem=problem)
    response.status_code = 503
    response.headers["Retry-After"] = "1"
    return response


def signed_in(token: Secret, wanted: str) -> BaseResponse:
    """Set the cookie of the new session and redirect; the token is always a new one."""
    _end_session()  # the browser's former session, which its cookie no longer names
    response = make_response(redirect(wanted, 303))
    auth.remember(response, token.plain)
    return response


def _end_session() -> None:
    services = web_services()
    plain = auth.session_token()
    if plain:
        end_session(services.sessions, plain, services.clock())


def _sso_name() -> str | None:
    """Return the name of the sign-on service for the button."""
    services = web_services()
    return services.settings.oidc_name if services.openid else None


def _too_many_failures() -> str:
    wait = wait_in_words()
    return _("Too many failed sign-in attempts. %(wait)s Or request a link to sign in at once.", wait=wait)


def browser() -> Browser:
    """Return the browser of the current request."""
    return Browser(timedelta(days=web_services().settings.session_days), request.user_agent.string)


def _typed_email() -> str:
    return request.form.get("email", "").strip().lower()


def _email_and_address() -> str:
    return f"{caller_address()} {_typed_email()}"


def _note_failure() -> None:
    g.has_failed = True
    _failed_lately.incr(count_key(_email_and_address()), FAILURE_WINDOW)


def _has_failed(_response: BaseResponse) -> bool:
    return bool(g.get("has_failed"))


def _failed_or_busy(_response: BaseResponse) -> bool:
    return bool(g.get("has_failed") or g.get("was_busy"))


# Only failures count: a whole class signs in from one address when the lecture begins, and some of them mistype. Guessing
# one person's password is limited from one address and from everywhere, guessing many people's from one address. When too
# many sign in, no password was checked: that never locks the person out, and a flood from one address ends all the same.
for scope, amount, key, counts in (
    ("sign-in-pair", "10 per 10 minutes", _email_and_address, _has_failed),
    ("sign-in-address", "1000 per 10 minutes", caller_address, _failed_or_busy),
    ("sign-in-email", "100 per hour", lambda: f"e-mail {_typed_email()}", _has_failed),
):
    check_sign_in = limiter.shared_limit(
        amount, scope, key_func=key, deduct_when=counts, error_message=_too_many_failures
    )(check_sign_in)


def forgot() -> str:
    """Show the form."""
    return _forgot_page()


def ask_link() -> Response:
    """Store the request; the response is the same for everybody."""
    services, email = web_services(), request.form.get("email", "")
    request_reset(services.sessions, email, language(), services.clock())
    services.wake_mail()
    return make_response(_forgot_page(email))


def _forgot_page(asked: str | None = None) -> str:
    return render_template("accounts/forgot.html", asked=asked, sends_mail=web_services().settings.smtp_url is not None)


def _too_many_links() -> str:
    return _("You have requested too many links. %(wait)s", wait=wait_in_words())


def _email_key() -> str:
    return f"e-mail {request.form.get('email', '').strip().lower()}"


# A lecture hall shares an address, and at the beginning of a course everybody in it may request a link.
for scope, amount, key in (
    ("forgot-email", "5 per hour", _email_key),
    ("forgot-address", "1000 per hour", caller_address),
):
    ask_link = limiter.shared_limit(amount, scope, key_func=key, error_message=_too_many_links)(ask_link)


JOURNEY_COOKIE: Final = "nn_grader_openid"
JOURNEY_SECONDS: Final = 600
"""Long enough to type a password and find a second factor."""

JOURNEY_PARTS: Final = 4


def leave() -> BaseResponse:
    """Redirect the browser to the issuer. The state that it must bring back is in a signed cookie of its own."""
    journey, wanted = new_journey(), own_path(request.args.get("next", HOME))
    response = make_response(redirect(_provider().departure(journey, _return_url()), 303))
    _keep_journey(response, _signer().dumps([*astuple(journey), wanted]))
    return response


def come_back() -> BaseResponse:
    """Sign in the person identified by the issuer; each round trip can be used once."""
    services = web_services()
    journey, wanted = _journey()
    identity = _provider().arrival(request.args, journey, _return_url())
    response = signed_in(sign_in_by_sso(services.sessions, identity, browser(), services.clock()), wanted)
    response.delete_cookie(JOURNEY_COOKIE, path=_journey_path(), httponly=True, samesite="Lax")
    return response


def _journey() -> tuple[Journey, str]:
    try:
        parts = _signer().loads(request.cookies.get(JOURNEY_COOKIE, ""), max_age=JOURNEY_SECONDS)
    except BadData as error:
        raise IdentityRefused("This sign-in took too long, or was started elsewhere. Start again.") from error
    if len(parts) != JOURNEY_PARTS:
        raise IdentityRefused("This sign-in took too long, or was started elsewhere. Start again.")
    return Journey(*parts[:3]), own_path(parts[3])


def _provider() -> Provider:
    provider = web_services().openid
    if provider is None:
        abort(404, _("Sign-in through other services is not available."))
    return provider


def _return_url() -> str:
    base_url = web_services().settings.base_url or request.host_url.rstrip("/")
    return f"{base_url}{url_for('pages.come_back')}"


def _journey_path() -> str:
    return url_for("pages.leave")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(web_services().settings.secret_key.get_secret_value(), salt="openid")


def _keep_journey(response: Response | BaseResponse, text: str) -> None:
    """Lax, since the browser comes back from another site; unreadable for scripts and sent to these two pages only."""
    secure = web_services().settings.secure_cookies or request.is_secure
    response.set_cookie(
        JOURNEY_COOKIE,
        text,
        max_age=JOURNEY_SECONDS,
        path=_journey_path(),
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
