import base64
import binascii
import json
from datetime import datetime

from grader.services.errors import UnreadableCursor

LARGEST = 2**63 - 1


def write(moment: datetime, *keys: str | int) -> str:
    """Return an opaque cursor: the place in an order by time and keys."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), *keys]).encode()).decode().rstrip("=")


def read(cursor: str, *kinds: type) -> tuple[datetime, list[str | int]]:
    """Return what `write` was given.

    Raises:
        UnreadableCursor: it comes from elsewhere, as what PostgreSQL cannot compare does.
    """
    try:
        moment, *keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        when = datetime.fromisoformat(moment)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise UnreadableCursor("This cursor was not given out here; start again without one.") from error
    if when.tzinfo is None or [type(key) for key in keys] != list(kinds) or not all(map(_is_storable, keys)):
        raise UnreadableCursor("This cursor belongs to another list; start again without one.")
    return when, keys


def _is_storable(key: str | int) -> bool:
    """Tell whether a bigint or a text can hold it; what is no ASCII, or no character to see, was never a key here."""
    if isinstance(key, int):
        return abs(key) <= LARGEST
    return key.isascii() and key.isprintable()
