"""Pages for people: the routes of `grader.web.pages.routes`, and the frame around each page."""

from flask import Blueprint

from grader.web import i18n
from grader.web.auth import guard, visitor
from grader.web.errors import in_words
from grader.web.markup import formula, statement, symbol
from grader.web.pages import formatting, layout
from grader.web.pages.figure.layout import name_parts
from grader.web.pages.formatting import badge, called, said_while_typing, titled, told
from grader.web.pages.layout import menu
from grader.web.pages.routes import ROUTES


def _frame() -> dict[str, object]:
    """Return the context of every page's frame."""
    return {
        "user": visitor(),
        "menu": menu(visitor()),
        "asset": layout.asset_url,
        "language": i18n.language(),
        "languages": i18n.other_languages(),
        "here": layout.page_address(),
    }


def blueprint() -> Blueprint:
    """Return all pages, guarded, with what their templates use."""
    bp = Blueprint("pages", __name__)
    for route in ROUTES:
        bp.add_url_rule(route.rule, route.name, route.view, methods=[route.method])
    bp.before_request(guard({f"{bp.name}.{route.name}": route.access for route in ROUTES}))
    # For the whole app, since error pages are also shown outside the blueprint.
    bp.app_context_processor(_frame)
    for show in (
        formula,
        statement,
        symbol,
        formatting.mark,
        formatting.given,
        formatting.computed,
        formatting.exactly,
        formatting.clock,
        name_parts,
        titled,
        called,
        told,
        badge,
    ):
        bp.add_app_template_filter(show)
    bp.add_app_template_filter(in_words, "refusal")
    bp.add_app_template_global(said_while_typing)
    return bp
