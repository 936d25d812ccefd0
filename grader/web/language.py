"""The language in which a page speaks to its reader, and how the reader chooses it."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain
from werkzeug.wrappers import Response as BaseResponse

from grader.web.auth import visitor
from grader.web.catalogs import PoDomain
from grader.web.problem import wants_problem_json

COOKIE = "nn_grader_language"
KEPT = 365 * 24 * 3600
"""Seconds for which the browser remembers the choice."""

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType({ENGLISH: "English", "vi": "Tiếng Việt"})
"""What there is, each in its own words."""


class _Babel(Babel):
    domain_instance: Domain = PoDomain()


def language() -> str:
    """The reader's language: what the person has chosen, else what the browser was told, else what it prefers.

    Programs are spoken to in English, whatever they say they accept: the API's words are part of its contract.
    """
    if not has_request_context() or wants_problem_json():
        return ENGLISH
    user = visitor()
    if user is not None and user.language in LANGUAGES:
        return str(user.language)
    return _of_browser()


def _of_browser() -> str:
    """What this browser was told, else what it prefers; found out once a request, since every number asks."""
    known = request.environ.get(COOKIE)
    if known is None:
        told = request.cookies.get(COOKIE)
        preferred = request.accept_languages.best_match(LANGUAGES, ENGLISH) or ENGLISH
        known = request.environ[COOKIE] = told if told in LANGUAGES else preferred
    return str(known)


def others() -> list[tuple[str, str]]:
    """The languages that the page could be read in as well, with their names; none for pages about the API."""
    if wants_problem_json():
        return []
    spoken = language()
    return [(tag, name) for tag, name in LANGUAGES.items() if tag != spoken]


def remember(response: BaseResponse, chosen: str) -> None:
    """Let the browser keep the choice, for the pages before anybody has signed in."""
    response.set_cookie(COOKIE, chosen, max_age=KEPT, secure=request.is_secure, httponly=True, samesite="Lax")


def speak(app: Flask) -> None:
    """Let templates and views of `app` say `_("…")` in the reader's language."""
    _Babel(app, locale_selector=language)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
