"""What granian serves: `granian --interface rsgi grader.web.rsgi:app`."""

import resource
from typing import Final

from grader.web.server import RsgiApplication
from grader.web.wsgi import app as application

OPEN_FILES: Final = 8192
"""Connections are files, and the usual 1,024 are soon taken by callers that do nothing."""


def allow_connections() -> None:
    """Let this process have as many connections open as the system lets it, up to what we ever need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


allow_connections()
app = RsgiApplication(application)
