"""NumPy's .npz: a zip of .npy members. Objects would be pickles, and are refused."""

import io
from tokenize import TokenError

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.archive import Archive
from grader.weightfiles.elements import SIZES, decode, kind_of, unread_kind
from grader.weightfiles.limits import Budget, shown
from grader.weightfiles.refused import RefusedFile

MEMBER = ".npy"
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
UNREADABLE = (ValueError, SyntaxError, TokenError, TypeError, KeyError, RecursionError, MemoryError, OverflowError)


def read_npz(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Every array by name, in the order of the archive."""
    archive = Archive.of(data, budget)
    return {
        name.removesuffix(MEMBER): _read_npy(name, archive.read(name), budget)
        for name in archive.members
        if name.endswith(MEMBER)
    }


def _read_npy(name: str, raw: bytes, budget: Budget) -> NDArray[np.float64]:
    stream = io.BytesIO(raw)
    try:
        shape, is_fortran, dtype = HEADERS[npy.read_magic(stream)](stream)
    except UNREADABLE:
        raise RefusedFile(Message("array.header", name=shown(name))) from None
    kind = kind_of(dtype)
    if dtype.hasobject:
        raise RefusedFile(Message("array.objects", name=shown(name)))
    if kind not in SIZES:
        raise unread_kind(name, dtype.name if dtype.kind != "V" else kind)
    count = budget.take_array(name, shape)
    body = memoryview(raw)[stream.tell() :]
    if len(body) != count * dtype.itemsize:
        raise RefusedFile(Message("array.size", name=shown(name)))
    values = decode(name, body, kind, big_endian=dtype.byteorder == ">")
    return values.reshape(shape, order="F" if is_fortran else "C")
