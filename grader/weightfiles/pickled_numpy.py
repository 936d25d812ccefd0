"""NumPy's arrays as pickles describe them: a type, a shape and bytes, held against each other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.elements import SIZES, decode, unread_kind
from grader.weightfiles.limits import MOST_AXES, Budget
from grader.weightfiles.refused import RefusedFile


@dataclass
class NumpyType:
    """A type of elements: `f8`, and the order of its bytes."""

    kind: str
    big_endian: bool = False

    def set(self, state: Any) -> None:
        """Take the order of bytes from the state that NumPy pickles."""
        match state:
            case (int(), str(order), *_):
                self.big_endian = order == ">"
            case _:
                raise _unread()


@dataclass
class NumpyArray:
    """An array whose content follows; `values` is None until then."""

    budget: Budget
    values: NDArray[np.float64] | None = None

    def set(self, state: Any) -> None:
        """Take shape, type, order and bytes from the state that NumPy pickles."""
        match state:
            case (int(), tuple(shape), NumpyType() as of, bool(is_fortran), bytes(raw)) if _is_shape(shape):
                pass
            case _:
                raise _unread()
        if of.kind not in SIZES:
            raise unread_kind("array", of.kind)
        count = self.budget.take_array("array", shape)
        if len(raw) != count * SIZES[of.kind]:
            raise _unread()
        values = decode("array", raw, of.kind, big_endian=of.big_endian)
        self.values = values.reshape(shape, order="F" if is_fortran else "C")


def numpy_type(arguments: tuple[Any, ...]) -> NumpyType:
    """A type by its name."""
    match arguments:
        case (str(kind), *_):
            return NumpyType(kind)
        case _:
            raise _unread()


def encoded(arguments: tuple[Any, ...]) -> bytes:
    """Bytes that an old protocol writes as text."""
    match arguments:
        case (str(text), "latin1"):
            return text.encode("latin1")
        case _:
            raise _unread()


def _is_shape(shape: tuple[Any, ...]) -> bool:
    return len(shape) <= MOST_AXES and all(type(size) is int and size >= 0 for size in shape)


def _unread() -> RefusedFile:
    return RefusedFile(Message("torch.unread"))
