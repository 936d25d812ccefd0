"""Errors of the local servers, worded for the person at the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg.errors import UndefinedTable
from sqlalchemy.exc import DBAPIError

from grader.judging.errors import GraderError


class LocalError(GraderError):
    """The machine lacks something that the local services need; the message says what to do."""


NAMED: Final = "The database that DATABASE_URL names"
STARTED_HERE: Final = "PostgreSQL, as it was started here,"


@contextmanager
def readable_faults(which: str = NAMED) -> Iterator[None]:
    """Turn the errors of a database that is unavailable, full, closed to us or not migrated into LocalError."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        fault = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(fault, UndefinedTable):
            raise LocalError("The database has no nn-grader tables yet: run `grader db upgrade`.") from error
        reason = next(iter(str(fault).strip().splitlines()), type(fault).__name__)
        raise LocalError(f"{which} cannot be used: {reason}") from error
