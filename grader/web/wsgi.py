"""What granian serves: `granian --interface wsgi grader.web.wsgi:app`."""

from grader.settings import load
from grader.web.app import create_app
from grader.web.wiring import wire

app = create_app(wire(load()))
