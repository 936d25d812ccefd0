"""What granian serves: `granian --interface wsgi grader.web.wsgi:app`."""

from flask import Flask

from grader import logs
from grader.checking.errors import GraderError
from grader.settings import load
from grader.web.app import create_app
from grader.web.wiring import wire


def build() -> Flask:
    """Build the application as the environment says; a setting or an exercise that is off ends the process in words."""
    try:
        settings = load()
        logs.configure(settings.log_level)
        return create_app(wire(settings))
    except GraderError as error:
        raise SystemExit(f"nn-grader cannot start: {error.detail}") from None


app = build()
