"""Faults of a database are one line for the person who started us."""

import re

import psycopg
import pytest
from psycopg.errors import DiskFull, UndefinedTable
from sqlalchemy.exc import OperationalError

from grader.devserver.errors import STARTED_HERE, LocalError, readable_faults

FULL = DiskFull('could not extend file "base/1/2": No space left on device\nHINT:  Check free disk space.')


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FULL, f'{STARTED_HERE} cannot be used: could not extend file "base/1/2": No space left on device'),
        (OperationalError("SELECT", {}, FULL), f'{STARTED_HERE} cannot be used: could not extend file "base/1/2"'),
        (psycopg.InterfaceError(), f"{STARTED_HERE} cannot be used: InterfaceError"),
        (UndefinedTable("no"), "The database has no nn-grader tables yet"),
    ],
)
def test_whoever_raised_it_and_whatever_it_says_it_is_one_line(fault: Exception, said: str) -> None:
    with pytest.raises(LocalError, match=f"^{re.escape(said)}") as told, readable_faults(STARTED_HERE):
        raise fault
    assert "\n" not in told.value.detail
