"""Signing in through somebody else (OpenID Connect)."""

from dataclasses import astuple
from typing import Final

from flask import Response, abort, make_response, redirect, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from grader.openid import Journey, Provider, new_journey
from grader.services.errors import IdentityRefused
from grader.services.sign_in_elsewhere import sign_in_elsewhere
from grader.web.pages.account import browser, signed_in
from grader.web.pages.next_page import HOME, own_path
from grader.web.wiring import web_services

COOKIE: Final = "nn_grader_openid"
SECONDS: Final = 600
"""Long enough to type a password and find a second factor."""

PARTS: Final = 4


def leave() -> BaseResponse:
    """Send the browser to the issuer. What it must bring back is kept in a signed cookie of its own."""
    journey, wanted = new_journey(), own_path(request.args.get("next", HOME))
    response = make_response(redirect(_provider().departure(journey, _back()), 303))
    _keep(response, _signer().dumps([*astuple(journey), wanted]))
    return response


def come_back() -> BaseResponse:
    """Sign in whoever the issuer says has come back; each journey ends once."""
    services = web_services()
    journey, wanted = _journey()
    identity = _provider().arrival(request.args, journey, _back())
    response = signed_in(sign_in_elsewhere(services.sessions, identity, browser(), services.clock()), wanted)
    response.delete_cookie(COOKIE, path=_path(), httponly=True, samesite="Lax")
    return response


def _journey() -> tuple[Journey, str]:
    try:
        parts = _signer().loads(request.cookies.get(COOKIE, ""), max_age=SECONDS)
    except BadData as error:
        raise IdentityRefused(
            "This attempt to sign in took too long, or began elsewhere. Please start again."
        ) from error
    if len(parts) != PARTS:
        raise IdentityRefused("This attempt to sign in took too long, or began elsewhere. Please start again.")
    return Journey(*parts[:3]), own_path(parts[3])


def _provider() -> Provider:
    provider = web_services().openid
    if provider is None:
        abort(404, _("Nobody else signs people in here."))
    return provider


def _back() -> str:
    base_url = web_services().settings.base_url or request.host_url.rstrip("/")
    return f"{base_url}{url_for('pages.come_back')}"


def _path() -> str:
    return url_for("pages.leave")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(web_services().settings.secret_key.get_secret_value(), salt="openid")


def _keep(response: Response | BaseResponse, text: str) -> None:
    """Lax, since the browser comes back from another site; readable by no script and on these two pages only."""
    secure = web_services().settings.secure_cookies or request.is_secure
    response.set_cookie(COOKIE, text, max_age=SECONDS, path=_path(), secure=secure, httponly=True, samesite="Lax")
