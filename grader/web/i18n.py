"""The reader's language, and translations, read from the .po files that translators edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from babel.support import NullTranslations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.wrappers import Response as BaseResponse

from grader.adapters.catalogues import language_of, translations
from grader.messages.language import Language
from grader.web.auth import visitor
from grader.web.problem import wants_problem_json


class PoDomain(Domain):
    """Connects Flask-Babel to the translations."""

    def get_translations(self) -> NullTranslations:
        """Return the translations of the request's language; English outside requests."""
        return translations(str(get_locale() or "en"))


LANGUAGE_COOKIE = "nn_grader_language"
COOKIE_SECONDS = 365 * 24 * 3600
"""How long the browser remembers the choice, in seconds."""

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """A language that the pages can be read in.

    Attributes:
        name: in its own words.
        decimal: its decimal sign.
        moment: a date with the time, in the pattern letters of Unicode, like the next two.
        long_moment: the same with the day of the week and the month in full.
        short_day: what an axis shows of a day.
    """

    name: str
    decimal: str
    moment: str
    long_moment: str
    short_day: str


LANGUAGES: Mapping[str, PageLanguage] = MappingProxyType(
    {
        ENGLISH: PageLanguage("English", ".", "dd MMM y, HH:mm", "EEEE d MMMM y, HH:mm", "MMMd"),
        "vi": PageLanguage("Tiếng Việt", ",", "HH:mm, dd/MM/y", "HH:mm, EEEE, d MMMM, y", "Md"),
    }
)
"""The languages of the pages; all but English have a catalogue of the same name in `translations/`."""


class _Babel(Babel):
    domain_instance: Domain = PoDomain()


def language() -> str:
    """Return the reader's language: the person's choice, else this browser's, else what the browser prefers.

    Programs get English, whatever they accept: the API's texts are part of its contract.
    """
    if not has_request_context() or wants_problem_json():
        return ENGLISH
    user = visitor()
    if user is not None and user.language in LANGUAGES:
        return str(user.language)
    return _of_browser()


def reading_language() -> Language:
    """Return how sentences of the judging are written for the reader."""
    return language_of(language())


def _of_browser() -> str:
    """Return the language chosen in this browser, else its preferred one; cached per request, as every number asks."""
    known = request.environ.get(LANGUAGE_COOKIE)
    if known is None:
        told = request.cookies.get(LANGUAGE_COOKIE)
        preferred = request.accept_languages.best_match(LANGUAGES, ENGLISH) or ENGLISH
        known = request.environ[LANGUAGE_COOKIE] = told if told in LANGUAGES else preferred
    return str(known)


def other_languages() -> list[tuple[str, str]]:
    """Return the other languages of the page with their names; none on pages about the API."""
    if wants_problem_json():
        return []
    spoken = language()
    return [(tag, known.name) for tag, known in LANGUAGES.items() if tag != spoken]


def remember_language(response: BaseResponse, chosen: str) -> None:
    """Store the choice in the browser, for pages before sign-in."""
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=COOKIE_SECONDS, secure=request.is_secure, httponly=True, samesite="Lax"
    )


def set_up_translations(app: Flask) -> None:
    """Set up `_("…")` in templates and views of `app`."""
    _Babel(app, locale_selector=language)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
