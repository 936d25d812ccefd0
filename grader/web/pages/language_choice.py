"""Switching the language."""

from flask import abort, current_app, redirect, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from grader.services.preferences import prefer_language
from grader.web.auth import look_up
from grader.web.language import LANGUAGES, remember
from grader.web.pages.next_page import HOME, own_path
from grader.web.wiring import web_services


def choose_language() -> BaseResponse:
    """Keep the choice, for the person and for this browser, and go back to the page that was read."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400, _("There is no such language here."))
    who = look_up()
    if who is not None:
        prefer_language(web_services().sessions, who.id, chosen)
    response = redirect(own_path(request.form.get("page", HOME)), 303)
    remember(response, chosen)
    return response


def here() -> str:
    """The address that shows this page again; of a reply to a form the form's own, where it has a page."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    try:
        current_app.url_map.bind("").match(request.path, "GET")
    except HTTPException:
        return HOME
    return request.path
