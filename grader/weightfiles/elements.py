"""From raw bytes to numbers: the element types of weights."""

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.limits import RefusedFile, shown

BFLOAT16 = "bf16"
"""The upper half of a 32-bit float; NumPy has no name for it."""

BFLOAT16_OF_NUMPY, FLOAT8_OF_NUMPY = "V2", "V1"
"""How NumPy and HDF5 write the types of ml_dtypes, whose names they do not know."""

SIZES: Mapping[str, int] = MappingProxyType(
    {"f2": 2, "f4": 4, "f8": 8, BFLOAT16: 2, "i1": 1, "i2": 2, "i4": 4, "i8": 8, "u1": 1, "u2": 2, "u4": 4, "u8": 8}
)
"""Bytes per element, by NumPy's type code without byte order."""


def decode(name: str, raw: bytes | memoryview, kind: str, *, big_endian: bool = False) -> NDArray[np.float64]:
    """Decode a sequence of elements.

    Raises:
        RefusedFile: the type is not numeric, or some values are not finite.
    """
    if kind not in SIZES:
        raise unread_kind(name, kind)
    order = ">" if big_endian else "<"
    if kind == BFLOAT16:
        upper = np.frombuffer(raw, dtype=np.dtype(f"{order}u2")).astype(np.uint32)
        values = (upper << np.uint32(16)).view(np.float32).astype(np.float64)
    else:
        values = np.frombuffer(raw, dtype=np.dtype(f"{order}{kind}")).astype(np.float64)
    return finite(name, values)


def finite(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values unchanged.

    Raises:
        RefusedFile: some are NaN or infinite.
    """
    if not np.isfinite(values).all():
        raise RefusedFile(Message("array.not-finite", name=shown(name)))
    return values


def kind_of(dtype: np.dtype[np.generic]) -> str:
    """Return NumPy's type code without byte order; for non-numeric types not a key of SIZES."""
    if dtype.names is not None or dtype.subdtype is not None:
        return "structured"
    kind = f"{dtype.kind}{dtype.itemsize}"
    return BFLOAT16 if kind == BFLOAT16_OF_NUMPY else kind


def unread_kind(name: str, kind: str) -> RefusedFile:
    """Return why elements of an unsupported type are rejected."""
    if kind == FLOAT8_OF_NUMPY or re.search(r"f(loat)?(4|6|8)_", kind, re.IGNORECASE):
        return RefusedFile(Message("array.short-float", name=shown(name)))
    return RefusedFile(Message("array.kind", name=shown(name), kind=shown(kind)))
