"""The .safetensors format: eight bytes of length, a JSON header, the raw numbers."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.elements import BFLOAT16, SIZES, decode, unread_kind
from grader.weightfiles.limits import MOST_HEADER, Budget, RefusedFile, shown
from grader.weightfiles.nested import unique

LENGTH = 8
METADATA = "__metadata__"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "F64": "f8", "F32": "f4", "F16": "f2", "BF16": BFLOAT16, "I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1",
        "U64": "u8", "U32": "u4", "U16": "u2", "U8": "u1",
    }
)  # fmt: skip


def read_safetensors(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Return every array by name, in header order."""
    length = int.from_bytes(data[:LENGTH], "little")
    if length > min(MOST_HEADER, len(data) - LENGTH):
        raise RefusedFile(Message("safetensors.length"))
    header = _header(data[LENGTH : LENGTH + length])
    body = memoryview(data)[LENGTH + length :]
    return {name: _array(name, told, body, budget) for name, told in header.items() if name != METADATA}


def _header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw.decode("utf-8"), object_pairs_hook=unique)
    except RefusedFile:
        raise
    except (ValueError, RecursionError):
        raise RefusedFile(Message("safetensors.header")) from None
    if not isinstance(header, dict):
        raise RefusedFile(Message("safetensors.names"))
    return header


def _array(name: str, told: Any, body: memoryview, budget: Budget) -> NDArray[np.float64]:
    match told:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(end)]} if _sizes(shape):
            pass
        case _:
            raise RefusedFile(Message("safetensors.array", name=shown(name)))
    if dtype not in KINDS:
        raise unread_kind(name, dtype)
    count = budget.take_array(name, tuple(shape))
    if not 0 <= start <= end <= len(body) or end - start != count * SIZES[KINDS[dtype]]:
        raise RefusedFile(Message("array.size-of-file", name=shown(name)))
    return decode(name, body[start:end], KINDS[dtype]).reshape(shape)


def _sizes(shape: list[Any]) -> bool:
    return all(type(size) is int for size in shape)
