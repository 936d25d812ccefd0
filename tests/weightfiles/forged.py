"""Weight files as an attacker, or an unlucky student, might send them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return made.getvalue()


def npy(values: Any, *, header: str | None = None) -> bytes:
    """One NumPy array; with a header of one's own the content stays."""
    made = io.BytesIO()
    np.save(made, values, allow_pickle=True)
    if header is None:
        return made.getvalue()
    text = header.encode("latin-1").ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + np.asarray(values).tobytes()


def safetensors(header: Any, body: bytes = b"") -> bytes:
    """A header and what follows it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def tensor(dtype: str = "F32", shape: tuple[object, ...] = (2,), offsets: tuple[int, int] = (0, 8)) -> dict[str, Any]:
    """What a safetensors header says of one array."""
    return {"w": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}}


def torch_file(pickle: bytes, storages: Mapping[str, bytes] | None = None) -> bytes:
    """What torch.save writes, with a pickle of one's own."""
    data = {f"m/data/{key}": content for key, content in (storages or {"0": bytes(16)}).items()}
    return archive({"m/data.pkl": pickle, "m/byteorder": b"little", **data})


def state_dict(
    sizes: tuple[int, ...] = (2, 2),
    strides: tuple[int, ...] = (2, 1),
    *,
    offset: int = 0,
    count: int = 4,
    storage: str = "FloatStorage",
) -> bytes:
    """The pickle of {"w": tensor}, as torch writes it."""
    told = b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n(("
    told += b"X\x07\x00\x00\x00storage" + b"ctorch\n" + storage.encode() + b"\n"
    told += b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpu" + number(count) + b"tQ"
    told += number(offset) + shape(sizes) + shape(strides) + b"\x89ccollections\nOrderedDict\n)RtRs."
    return told


def shape(sizes: tuple[int, ...]) -> bytes:
    """A tuple of numbers in a pickle."""
    return b"(" + b"".join(number(size) for size in sizes) + b"t"


def number(value: int) -> bytes:
    """A number of any size in a pickle."""
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw
