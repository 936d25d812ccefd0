"""Limits of what is read from files of weights, and why a file is refused."""

import math
from dataclasses import dataclass

from grader.messages.message import Message


class RefusedFile(ValueError):
    """A file cannot be used; `detail` says why, in a sentence for the person who sent it."""

    def __init__(self, detail: Message) -> None:
        super().__init__(detail)
        self.detail = detail


MOST_BYTES = 16 << 20
"""Of the file as it is sent."""

MOST_UNPACKED = 64 << 20
"""Of everything in it that is read, unpacked."""

MOST_ELEMENTS = 4_000_000
"""Numbers in all arrays together."""

MOST_ARRAYS = 1_000
MOST_MEMBERS = 2_000
MOST_AXES = 8
LONGEST_NAME = 300

MOST_HEADER = 1 << 20
"""Bytes of text that describe arrays."""


@dataclass
class Budget:
    """Counts what one file has taken so far, before it takes it."""

    elements: int = 0
    arrays: int = 0
    unpacked: int = 0

    def take_array(self, name: str, shape: tuple[int, ...]) -> int:
        """Count an array.

        Returns:
            How many elements it has.

        Raises:
            RefusedFile: its shape is none, or it is more than a file may hold.
        """
        if len(shape) > MOST_AXES or not all(type(size) is int and size >= 0 for size in shape):
            raise RefusedFile(Message("array.shape", name=shown(name)))
        count = math.prod(shape)
        self.elements += math.prod(max(size, 1) for size in shape)  # NumPy has no empty arrays of endless axes either
        self.arrays += 1
        if self.elements > MOST_ELEMENTS:
            raise RefusedFile(Message("file.says-too-many-numbers", most=MOST_ELEMENTS))
        if self.arrays > MOST_ARRAYS:
            raise RefusedFile(Message("file.too-many-arrays", most=MOST_ARRAYS))
        return count

    def take_unpacked(self, size: int) -> None:
        """Count bytes that are unpacked.

        Raises:
            RefusedFile: it is more than a file may hold.
        """
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED:
            raise RefusedFile(Message("file.unpacked", most=MOST_UNPACKED >> 20))


def shown(name: str) -> str:
    """A name from the file as a sentence may repeat it."""
    plain = name if len(name) <= 60 else f"{name[:60]}…"  # noqa: PLR2004 - enough to recognise a name by
    return ascii(plain)
