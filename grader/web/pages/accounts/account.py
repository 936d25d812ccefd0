"""A person's own account: preferences, password, sessions and tokens."""

import re
from zoneinfo import available_timezones

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.services.accounts import sessions
from grader.services.accounts.passwords import LONGEST, SHORTEST, NewPassword, choose_password, needs_current
from grader.services.accounts.registration import Preferences, prefer
from grader.services.accounts.sessions import own_sessions, own_tokens
from grader.services.errors import UnusableTimeZone, WeakPassword, WrongPassword
from grader.web.auth import person
from grader.web.dependencies import web_services
from grader.web.errors import in_words
from grader.web.i18n import LANGUAGES, remember_language
from grader.web.limits import limiter

BROWSERS = (
    ("Edge", re.compile(r"Edg(A|iOS)?/")),
    ("Opera", re.compile(r"OPR/|Opera")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/")),
    ("Cốc Cốc", re.compile(r"coc_coc_browser/")),
    ("Firefox", re.compile(r"Firefox/|FxiOS/")),
    ("Chrome", re.compile(r"(Headless)?Chrom(e|ium)/|CriOS/")),
    ("Safari", re.compile(r"Safari/")),
)
"""The first match wins: almost all browsers also claim to be Chrome and Safari."""

SYSTEMS = (
    ("Android", re.compile(r"Android")),
    ("iPhone", re.compile(r"iPhone")),
    ("iPad", re.compile(r"iPad")),
    ("Windows", re.compile(r"Windows")),
    ("ChromeOS", re.compile(r"CrOS")),
    ("macOS", re.compile(r"Mac OS X|Macintosh")),
    ("Linux", re.compile(r"Linux")),
)


def browser_name(agent: str | None) -> str:
    """Return `Firefox on Windows`, or as much of it as is recognised."""
    browser = _first_known(BROWSERS, agent or "")
    system = _first_known(SYSTEMS, agent or "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown browser")


def _first_known(table: tuple[tuple[str, re.Pattern[str]], ...], agent: str) -> str | None:
    return next((name for name, pattern in table if pattern.search(agent)), None)


def account() -> Response:
    """Show the account."""
    who = person()
    return _account_page(Preferences(who.name, who.language, who.time_zone))


def save_account() -> Response:
    """Store name, language and time zone; errors are shown next to the fields."""
    language, zone = request.form.get("language") or None, request.form.get("time_zone", "").strip() or None
    wanted = Preferences(request.form.get("name", ""), language if language in LANGUAGES else None, zone)
    try:
        prefer(web_services().sessions, person(), wanted)
    except UnusableTimeZone as refused:
        return _account_page(wanted, refused)
    response = redirect(url_for("pages.account", saved=1), 303)
    if wanted.language is not None:
        remember_language(response, wanted.language)
    return response


def _account_page(shown: Preferences, refused: UnusableTimeZone | None = None) -> Response:
    services, who = web_services(), person()
    with services.sessions() as session:
        sessions = own_sessions(session, who.id, services.clock())
        tokens = own_tokens(session, who.id, services.clock())
    body = render_template(
        "accounts/account.html",
        shown=shown,
        sessions=[(one, browser_name(one.agent), one.id == who.session_id) for one in sessions],
        tokens=tokens,
        all_languages=LANGUAGES,
        zones=sorted(available_timezones()),
        problem=refused,
        saved="saved" in request.args and refused is None,
        password_set="password_set" in request.args,
    )
    return make_response(body, 422 if refused else 200)


REFUSED = 422


def password() -> Response:
    """Show the form."""
    return _password_page()


def set_password() -> Response:
    """Set the password; typed passwords are never sent back."""
    services = web_services()
    typed = NewPassword(request.form.get("password", ""), request.form.get("current", ""))
    if typed.password != request.form.get("again", ""):
        return _password_page({"again": _("The passwords do not match.")})
    try:
        choose_password(services.sessions, person(), typed, services.clock())
    except WrongPassword as refused:
        return _password_page({"current": in_words(refused.detail)})
    except WeakPassword as refused:
        return _password_page({"password": in_words(refused.detail)})
    return redirect(url_for("pages.account", password_set=1), 303)


def _password_page(problems: dict[str, str] | None = None) -> Response:
    with web_services().sessions() as session:
        asks_current = needs_current(session, _session_id())
    body = render_template(
        "accounts/password.html", asks_current=asks_current, problems=problems or {}, shortest=SHORTEST, longest=LONGEST
    )
    return make_response(body, REFUSED if problems else 200)


def _session_id() -> int:
    return person().session_id or 0


def _is_refused(response: Response) -> bool:
    return response.status_code == REFUSED


set_password = limiter.shared_limit(
    "10 per 10 minutes", "set-password", key_func=lambda: str(person().id), deduct_when=_is_refused
)(set_password)


def end_session(session_id: int) -> Response:
    """End one browser session; if it is the current one, the next page asks to sign in."""
    services = web_services()
    sessions.end_session(services.sessions, person(), session_id, services.clock())
    return _back_to_account()


def end_other_sessions() -> Response:
    """End all other sessions."""
    services = web_services()
    sessions.end_other_sessions(services.sessions, person(), services.clock())
    return _back_to_account()


def revoke_token(token_id: int) -> Response:
    """Revoke one of the person's own tokens."""
    services = web_services()
    sessions.end_token(services.sessions, person(), token_id, services.clock())
    services.tokens.forget()
    return _back_to_account()


def _back_to_account() -> Response:
    return redirect(url_for("pages.account"), 303)
