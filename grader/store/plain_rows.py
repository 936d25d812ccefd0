"""Rows as plain values, whatever the table: what archives are made of."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from grader.store.base import Base, table

AT_ONCE = 200
SECRETS = frozenset({"password_hash", "token_sha256", "sha256", "join_code"})
"""Columns that are in no archive: who has them could sign in, or join."""


def rows(
    session: Session, model: type[Base], *conditions: ColumnElement[bool], without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Give the rows of a table in the order of its key, a few hundred in memory at a time; never their secrets."""
    columns = [column for column in table(model).c if column.name not in SECRETS and column.name not in without]
    wanted = select(*columns).where(*conditions).order_by(*table(model).primary_key.columns)
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {column.name: plain(value) for column, value in zip(columns, row, strict=True)}


def plain(value: Any) -> Any:
    """A value as JSON has it: moments in ISO 8601, ids as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
