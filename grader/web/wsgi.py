"""The application for any WSGI server; ours reads requests before it (`grader.web.rsgi`)."""

import structlog
from flask import Flask

from grader import logs
from grader.judging.errors import GraderError
from grader.settings import Settings, load, unknown_settings
from grader.web.app import create_app, spare_the_collector
from grader.web.dependencies import WebServices, wire


def build() -> Flask:
    """Build the application from the environment; an invalid setting or exercise ends the process with a message."""
    try:
        settings = load()
        logs.configure(settings.log_level)
        _tell(settings)
        services = wire(settings)
        app = create_app(services)
        if settings.traces_url is not None:
            _trace(app, services, settings.traces_url)
    except GraderError as error:
        raise SystemExit(f"nn-grader cannot start: {error.detail}") from None
    spare_the_collector()
    return app


def _trace(app: Flask, services: WebServices, url: str) -> None:
    """Send a span for each request and each statement."""
    from grader.web import tracing  # noqa: PLC0415 - an extra, and not wanted by default

    tracing.trace_requests(app, url, services.sessions.kw["bind"])


def _tell(settings: Settings) -> None:
    """Write probable mistakes in the settings into the first lines of the log."""
    log = structlog.get_logger(__name__)
    for sentence in unknown_settings():
        log.warning(sentence)
    if settings.oidc_issuer is not None and settings.oidc_secret is None:
        log.info("signing in through the issuer as a public client: by PKCE alone, without a secret")


app = build()
