"""Asking for a link to set a password. Nothing here tells whether somebody is registered."""

from flask import make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.services.ask_reset import ask_reset
from grader.web.language import language
from grader.web.limits import address, limiter, wait_in_words
from grader.web.wiring import web_services


def forgot() -> str:
    """Show the form."""
    return _page()


def ask_link() -> Response:
    """Note the request; the reply is the same whoever asks."""
    services, email = web_services(), request.form.get("email", "")
    ask_reset(services.sessions, email, language(), services.clock())
    services.wake_mail()
    return make_response(_page(email))


def _page(asked: str | None = None) -> str:
    return render_template("accounts/forgot.html", asked=asked, sends_mail=web_services().settings.smtp_url is not None)


def _too_many() -> str:
    return _("You have asked for links often enough for now. %(wait)s", wait=wait_in_words())


def _typed_email() -> str:
    return f"e-mail {request.form.get('email', '').strip().lower()}"


# A lecture hall shares an address, and at the beginning of a course everybody in it may ask.
for scope, amount, key in (("forgot-email", "5 per hour", _typed_email), ("forgot-address", "1000 per hour", address)):
    ask_link = limiter.shared_limit(amount, scope, key_func=key, error_message=_too_many)(ask_link)
