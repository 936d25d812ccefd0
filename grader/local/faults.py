"""Faults of a database, in a sentence for the person who named it."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import UndefinedTable
from sqlalchemy.exc import DBAPIError

from grader.local.errors import LocalError


@contextmanager
def readable_faults() -> Iterator[None]:
    """Turn the faults of a database that is away, closed to us or not migrated into LocalError."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if isinstance(error.orig, UndefinedTable):
            raise LocalError("The database has no tables of ours yet: run `grader db upgrade`.") from error
        raise LocalError(f"The database that DATABASE_URL names cannot be used: {reason}") from error
