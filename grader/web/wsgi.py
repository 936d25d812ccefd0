"""What granian serves: `granian --interface wsgi grader.web.wsgi:app`."""

import gc

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
        app = create_app(wire(settings))
    except GraderError as error:
        raise SystemExit(f"nn-grader cannot start: {error.detail}") from None
    _spare_the_collector()
    return app


def _spare_the_collector() -> None:
    """Look for garbage less often, and not in what stays for ever.

    Some pages read tens of thousands of rows at once: the collector would search through all of the program each time,
    which takes as long as the reading.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


app = build()
