"""A person's own account."""

from zoneinfo import available_timezones

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.services.errors import UnusableTimeZone
from grader.services.own_sessions import own_sessions, own_tokens
from grader.services.preferences import Preferences, prefer
from grader.web.auth import person
from grader.web.language import LANGUAGES, remember
from grader.web.pages.accounts.agents import in_words
from grader.web.wiring import web_services


def account() -> Response:
    """Show it."""
    who = person()
    return _page(Preferences(who.name, who.language, who.time_zone))


def save_account() -> Response:
    """Keep name, language and time zone; what makes no sense is said beside what was typed."""
    language, zone = request.form.get("language") or None, request.form.get("time_zone", "").strip() or None
    wanted = Preferences(request.form.get("name", ""), language if language in LANGUAGES else None, zone)
    try:
        prefer(web_services().sessions, person().id, wanted)
    except UnusableTimeZone as refused:
        return _page(wanted, refused)
    response = redirect(url_for("pages.account", saved=1), 303)
    if wanted.language is not None:
        remember(response, wanted.language)
    return response


def _page(shown: Preferences, refused: UnusableTimeZone | None = None) -> Response:
    services, who = web_services(), person()
    with services.sessions() as session:
        sessions = own_sessions(session, who.id, services.clock())
        tokens = own_tokens(session, who.id, services.clock())
    body = render_template(
        "accounts/account.html",
        shown=shown,
        sessions=[(one, in_words(one.agent), one.id == who.session_id) for one in sessions],
        tokens=tokens,
        all_languages=LANGUAGES,
        zones=sorted(available_timezones()),
        problem=refused,
        saved="saved" in request.args and refused is None,
        password_set="password_set" in request.args,
    )
    return make_response(body, 422 if refused else 200)
