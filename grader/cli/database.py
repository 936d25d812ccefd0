"""The database that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError, ProgrammingError

from grader.checking.errors import GraderError
from grader.settings import load_database
from grader.store.engine import Sessions, connect


class DatabaseUnusableError(GraderError):
    """The database does not answer, or lacks our tables."""


@contextmanager
def database() -> Iterator[Sessions]:
    """Open the database that DATABASE_URL names; what is wrong with it is said in one sentence."""
    sessions = connect(load_database().database_url)
    with readable_faults():
        yield sessions
    sessions.kw["bind"].dispose()


@contextmanager
def readable_faults() -> Iterator[None]:
    """Turn a database that is away or not migrated into a sentence."""
    try:
        yield
    except OperationalError as error:
        first = str(error.orig).strip().splitlines()[0]
        raise DatabaseUnusableError(f"The database that DATABASE_URL names does not answer: {first}") from error
    except ProgrammingError as error:
        first = str(error.orig).strip().splitlines()[0]
        raise DatabaseUnusableError(
            f"The database is not what is needed ({first}): run `grader db upgrade`."
        ) from error
