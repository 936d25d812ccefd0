"""The application for granian: `granian --interface rsgi grader.web.rsgi:app`."""

import gc
import resource
from typing import Final

gc.disable()  # nothing that imports leave is garbage, and looking for it takes a fifth of their time

from grader.web.server import RsgiApplication  # noqa: E402 - see above
from grader.web.wsgi import app as application  # noqa: E402 - the collector is on again once it is built

OPEN_FILES: Final = 8192
"""Connections are file descriptors, and idle clients soon use up the usual 1,024."""


def allow_connections() -> None:
    """Raise this process's limit on open files as far as allowed, up to what we need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


allow_connections()
app = RsgiApplication(application)
