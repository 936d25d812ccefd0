"""Limits of weight files, and the error for rejected ones."""

import math
from dataclasses import dataclass

from grader.messages.message import Message


class RefusedFile(ValueError):
    """A file cannot be used; `detail` says why, in a sentence for its sender."""

    def __init__(self, detail: Message) -> None:
        super().__init__(detail)
        self.detail = detail


MOST_BYTES = 16 << 20
"""Of the file as sent."""

MOST_UNPACKED = 64 << 20
"""Of everything read from it, unpacked."""

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
    """Counts what a file uses, before it is allocated."""

    elements: int = 0
    arrays: int = 0
    unpacked: int = 0

    def take_array(self, name: str, shape: tuple[int, ...]) -> int:
        """Count an array.

        Returns:
            The number of its elements.

        Raises:
            RefusedFile: its shape is invalid, or a limit is exceeded.
        """
        if len(shape) > MOST_AXES or not all(type(size) is int and size >= 0 for size in shape):
            raise RefusedFile(Message("array.shape", name=shown(name)))
        count = math.prod(shape)
        self.elements += math.prod(max(size, 1) for size in shape)  # as in NumPy, also of empty arrays
        self.arrays += 1
        if self.elements > MOST_ELEMENTS:
            raise RefusedFile(Message("file.says-too-many-numbers", most=MOST_ELEMENTS))
        if self.arrays > MOST_ARRAYS:
            raise RefusedFile(Message("file.too-many-arrays", most=MOST_ARRAYS))
        return count

    def take_unpacked(self, size: int) -> None:
        """Count bytes to be unpacked.

        Raises:
            RefusedFile: a limit is exceeded.
        """
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED:
            raise RefusedFile(Message("file.unpacked", most=MOST_UNPACKED >> 20))


def shown(name: str) -> str:
    """Return a name from the file as a message may quote it."""
    plain = name if len(name) <= 60 else f"{name[:60]}…"  # noqa: PLR2004 - enough to recognise a name
    return ascii(plain)
