"""Faults of a database, in a sentence for the person who named it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg.errors import UndefinedTable
from sqlalchemy.exc import DBAPIError

from grader.local.errors import LocalError

NAMED: Final = "The database that DATABASE_URL names"
STARTED_HERE: Final = "PostgreSQL, as it was started here,"


@contextmanager
def readable_faults(which: str = NAMED) -> Iterator[None]:
    """Turn the faults of a database that is away, full, closed to us or not migrated into LocalError."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        fault = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(fault, UndefinedTable):
            raise LocalError("The database has no tables of ours yet: run `grader db upgrade`.") from error
        reason = next(iter(str(fault).strip().splitlines()), type(fault).__name__)
        raise LocalError(f"{which} cannot be used: {reason}") from error
