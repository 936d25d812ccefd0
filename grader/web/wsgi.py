"""What granian serves: `granian --interface wsgi grader.web.wsgi:app`."""

from grader.settings import load
from grader.web.app import create_app
from grader.web.logs import log_json
from grader.web.wiring import wire

settings = load()
log_json(settings.log_level)
app = create_app(wire(settings))
