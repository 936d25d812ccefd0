"""The database that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

from grader.cli.console import warn_of_unknown_settings
from grader.local.faults import readable_faults
from grader.settings import load_database
from grader.store.engine import Sessions, connect


@contextmanager
def database() -> Iterator[Sessions]:
    """Open the database that DATABASE_URL names; what is wrong with it is said in one sentence."""
    warn_of_unknown_settings()
    sessions = connect(load_database().database_url)
    try:
        with readable_faults():
            yield sessions
    finally:
        sessions.kw["bind"].dispose()
