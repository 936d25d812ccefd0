"""Makes a process believe that it runs on another machine, or that its clock is right while it is wrong.

Imported by Python itself, in processes whose PYTHONPATH names this directory.
"""

import datetime as dt
import os
import socket
import time

AHEAD = float(os.environ.get("NN_GRADER_FAULTS_AHEAD", "0"))
HOST = os.environ.get("NN_GRADER_FAULTS_HOST")

if HOST is not None:
    pretended = HOST
    socket.gethostname = lambda: pretended

if AHEAD:
    right, actual = time.time, dt.datetime
    shift = dt.timedelta(seconds=AHEAD)

    class Instances(type):
        """Counts those as instances that were made before."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, actual)

    class Wrong(actual, metaclass=Instances):
        """Dates and times by the wrong clock."""

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> actual:  # type: ignore[override]  # of no class of its own
            """Return the time that it believes in."""
            return actual.now(tz) + shift

        @classmethod
        def utcnow(cls) -> actual:  # type: ignore[override]  # of no class of its own
            """Return the same without a time zone."""
            return actual.now(dt.UTC).replace(tzinfo=None) + shift

    time.time = lambda: right() + AHEAD
    dt.datetime = Wrong  # type: ignore[misc]  # on purpose
