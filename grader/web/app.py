from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from grader.web import api, errors, health, pages, security
from grader.web.limits import limiter
from grader.web.wiring import WebServices, attach

MAX_BODY = 1 << 20


def create_app(services: WebServices) -> Flask:
    """Build the web application over `services`; it reads nothing from the environment."""
    app = Flask("grader.web")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SECRET_KEY=services.settings.secret_key.get_secret_value(),
    )
    attach(app, services)
    security.protect(app)
    errors.handle_errors(app)
    limiter.init_app(app)
    for blueprint in (health.bp, api.blueprint(), pages.blueprint()):
        app.register_blueprint(blueprint)
    _trust_proxies(app, services.settings.trusted_proxies)
    return app


def _trust_proxies(app: Flask, count: int) -> None:
    """Believe X-Forwarded-* of exactly so many proxies; with none anybody could forge his address."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # the documented way
