"""Bodies of requests, read on the event loop: bounded in time, in size, and all together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from grader.web.unread import Unread
from grader.web.upload import MOST_OF_FORM

GRACE_SECONDS: Final = 15.0
BYTES_PER_SECOND: Final = 16 << 10
"""A body may take the grace, and a second more for so many bytes."""

MOST_READ: Final = MOST_OF_FORM + 1
"""Of a body without a length; the application sees by the last byte that it is too long."""

SHORT: Final = 64 << 10
"""Up to here a body's whole length is reserved when it begins; of a longer one, what has come of it."""

MOST_HELD: Final = 256 << 20
"""Bytes of all bodies that are being read or answered; whoever comes then is told to come again."""

BRING_BODIES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Incoming(Protocol):
    """What a body is read from: whole by calling it, or piece by piece."""

    def __call__(self) -> Awaitable[bytes]:
        """Read it whole."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read it in the pieces in which it comes."""


@dataclass(slots=True)
class Room:
    """The memory for all bodies. It is used by one thread, the event loop's."""

    most: int = MOST_HELD
    held: int = 0


@dataclass(slots=True)
class Place:
    """One body's share of the room."""

    room: Room
    size: int = 0

    def take(self, size: int) -> bool:
        """Take more, if it is there."""
        if self.room.held + size > self.room.most:
            return False
        self.room.held += size
        self.size += size
        return True

    def leave(self) -> None:
        """Give all of it back."""
        self.room.held -= self.size
        self.size = 0


async def read_body(environ: Mapping[str, Any], incoming: Incoming, place: Place) -> bytes | Unread:
    """Return the body of the request that `environ` tells of (as WSGI), or why it was not read to its end."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MOST_READ:
        return Unread.TOO_LONG
    try:
        if 0 < length <= SHORT:
            return await _read_whole(length, incoming, place)
        return await _read_pieces(incoming, place) if length or _comes_in_pieces(environ) else b""
    except TimeoutError:
        return Unread.TOO_SLOW
    except RuntimeError:  # granian's word for a connection that has ended
        return Unread.BROKEN_OFF


async def _read_whole(length: int, incoming: Incoming, place: Place) -> bytes | Unread:
    """Read a short body: the server waits for its end without waking us for each byte."""
    if not place.take(length):
        return Unread.NO_ROOM
    async with asyncio.timeout(GRACE_SECONDS + length / BYTES_PER_SECOND):
        return await incoming()


async def _read_pieces(incoming: Incoming, place: Place) -> bytes | Unread:
    """Read a long body, or one that does not say its length: up to the first byte that is too many.

    Each piece gives time for more: announcing a length reserves neither time nor room.
    """
    pieces, began = list[bytes](), asyncio.get_running_loop().time()
    async with asyncio.timeout(GRACE_SECONDS) as limit:
        async for piece in incoming:
            if not place.take(len(piece)):
                return Unread.NO_ROOM
            pieces.append(bytes(piece))
            if place.size >= MOST_READ:
                break
            limit.reschedule(began + GRACE_SECONDS + place.size / BYTES_PER_SECOND)
    return b"".join(pieces)[:MOST_READ]


def _comes_in_pieces(environ: Mapping[str, Any]) -> bool:
    """Tell whether there is a body at all: HTTP/1 says so, in HTTP/2 it need not say anything."""
    if environ["SERVER_PROTOCOL"] in {"HTTP/1.0", "HTTP/1.1"}:
        return "HTTP_TRANSFER_ENCODING" in environ
    return environ["REQUEST_METHOD"] in BRING_BODIES
