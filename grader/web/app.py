"""The web application, built on its services."""

import gc
import re

from flask import Flask, request
from flask_babel import gettext as _
from jinja2.ext import Extension
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from grader.web import errors, health, i18n, metrics, pages, security
from grader.web.api.blueprint import blueprint as api_blueprint
from grader.web.dependencies import WebServices, attach
from grader.web.limits import limit
from grader.web.problem import wants_problem_json
from grader.web.request_limits import FormRequest, refuse_long_fields, refuse_unread
from grader.web.upload import FORM, MOST_OF_FORM

INDENTED = re.compile(r"(?m)^[ \t]+")


class Unindented(Extension):
    """Removes indentation from templates before they are compiled: a fifth of a long page.

    Inserted values keep theirs, so that code in a statement is not affected.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's signature
        """Return the template without the spaces at the beginning of its lines."""
        return INDENTED.sub("", source)


MAX_BODY = 1 << 20
TAKING_FILES = frozenset({"api.create", "pages.send_answer", "pages.send_assignment"})


class RowNumber(IntegerConverter):
    """An id in a URL, within PostgreSQL's range; nothing exists at larger ones."""

    def __init__(self, url_map: Map, maximum: int = 2**63 - 1) -> None:
        super().__init__(url_map, max=maximum)


def create_app(services: WebServices) -> Flask:
    """Build the web application on `services`; reads nothing from the environment."""
    app = Flask("grader.web", static_folder=None)  # the pages serve their assets themselves
    app.request_class = FormRequest
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)
    app.url_map.converters["int"] = RowNumber
    attach(app, services)
    i18n.set_up_translations(app)
    app.jinja_env.add_extension(Unindented)
    metrics.measure(app)  # before all that may refuse a request
    security.protect(app)
    errors.handle_errors(app)
    app.before_request(refuse_unread)
    app.before_request(_refuse_large)
    app.before_request(lambda: refuse_long_fields(TAKING_FILES))
    limit(app, services.settings.redis_url)
    for blueprint in (health.bp, metrics.bp, api_blueprint(), pages.blueprint()):
        app.register_blueprint(blueprint)
    _trust_proxies(app, services.settings.trusted_proxies)
    return app


def _trust_proxies(app: Flask, count: int) -> None:
    """Trust X-Forwarded-* of exactly this many proxies; otherwise any client could spoof its address."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # the documented way


def _refuse_large() -> None:
    """Refuse a body over the limit before reading any of it.

    Forms without a declared length are refused immediately: they would be cut off silently at the limit, and no browser
    sends chunked forms. The API measures while reading.
    """
    if request.endpoint in TAKING_FILES and request.mimetype == FORM:
        request.max_content_length = MOST_OF_FORM
    length, most = request.content_length, request.max_content_length or MAX_BODY
    if length is not None and length > most:
        raise RequestEntityTooLarge(_("The request body is larger than %(most)s bytes.", most=most))
    if length is None and "Transfer-Encoding" in request.headers and not wants_problem_json():
        raise LengthRequired


def spare_the_collector() -> None:
    """Collect garbage less often, and never among permanent objects.

    Some pages read tens of thousands of rows at once: the collector would search the whole program each time, which
    takes as long as reading them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
