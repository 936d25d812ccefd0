"""Pages of long lists, and the opaque cursors that connect them."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from grader.services.errors import UnreadableCursor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: in list order.
        next: the cursor of the next page; None on the last.
    """

    items: tuple[T, ...]
    next: str | None = None


LARGEST = 2**63 - 1


def encode_cursor(moment: datetime, *keys: str | int) -> str:
    """Return an opaque cursor: a position in an order by time and keys."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), *keys]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> tuple[datetime, list[str | int]]:
    """Return the time and keys of a cursor.

    Raises:
        UnreadableCursor: it was not issued by us, or PostgreSQL cannot compare its keys.
    """
    try:
        moment, *keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        when = datetime.fromisoformat(moment)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise UnreadableCursor("This cursor is not valid. Start again without a cursor.") from error
    if when.tzinfo is None or [type(key) for key in keys] != list(kinds) or not all(map(_is_storable, keys)):
        raise UnreadableCursor("This cursor belongs to another list. Start again without a cursor.")
    return when, keys


def _is_storable(key: str | int) -> bool:
    """Return whether a bigint or text column can hold the key; our keys are printable ASCII only."""
    if isinstance(key, int):
        return abs(key) <= LARGEST
    return key.isascii() and key.isprintable()
