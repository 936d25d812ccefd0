"""Reading a weight file of any format, which is detected from its first bytes, never from its name."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.archive import MEMBER, Archive, read_npz
from grader.weightfiles.keras import INNER, read_h5, read_keras_zip
from grader.weightfiles.limits import MOST_BYTES, Budget, RefusedFile
from grader.weightfiles.nested import read_json
from grader.weightfiles.pytorch import PICKLE, read_pytorch
from grader.weightfiles.safetensors import LENGTH, read_safetensors

ZIP, HDF5, NPY, PICKLE_START = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\x93NUMPY", b"\x80"


HEAD = 4096
"""Bytes that suffice to recognise JSON; a multiple of the size of a character in any encoding."""


LAYERS = re.compile(r"\[\s*[\[{]")
"""The start of a JSON list of layers, as opposed to numbers."""


class Format(StrEnum):
    """The supported formats."""

    JSON = "json"
    NPZ = "npz"
    SAFETENSORS = "safetensors"
    PYTORCH = "pytorch"
    KERAS_H5 = "keras-h5"
    KERAS = "keras"


@dataclass(frozen=True)
class WeightFile:
    """The content of a file: arrays by name, in file order."""

    format: Format
    arrays: Mapping[str, NDArray[np.float64]]


Reader = Callable[[bytes, Budget], dict[str, NDArray[np.float64]]]
READERS: Mapping[Format, Reader] = MappingProxyType(
    {
        Format.JSON: read_json,
        Format.NPZ: read_npz,
        Format.SAFETENSORS: read_safetensors,
        Format.PYTORCH: read_pytorch,
        Format.KERAS_H5: read_h5,
        Format.KERAS: read_keras_zip,
    }
)


def check_head(data: bytes) -> None:
    """Reject immediately what cannot be a weight file; cheap, since it only looks at the first bytes.

    Raises:
        RefusedFile: with the reason.
    """
    if not data:
        raise RefusedFile(Message("file.empty"))
    if len(data) > MOST_BYTES:
        raise RefusedFile(Message("file.too-large", most=MOST_BYTES >> 20))
    if data.startswith(NPY):
        raise RefusedFile(Message("file.single-array"))
    if data.startswith(PICKLE_START) and not _is_safetensors(data):
        raise RefusedFile(Message("file.bare-pickle"))
    if not (data.startswith((ZIP, HDF5)) or _is_safetensors(data)):
        _check_text(data)


def _check_text(data: bytes) -> None:
    """Reject text that is neither a JSON object nor a JSON list of layers."""
    start = _start_of_text(data)
    if start.startswith("[") and not LAYERS.match(start):
        raise RefusedFile(Message("json.no-object"))
    if not start.startswith(("{", "[")):
        raise RefusedFile(Message("file.unknown-format"))


def read_weights(data: bytes) -> WeightFile:
    """Read a file.

    Raises:
        RefusedFile: with the reason; for any bytes, nothing else is raised and nothing in them is executed.
    """
    check_head(data)
    kind, budget = format_of(data), Budget()
    arrays = READERS[kind](data, budget)
    if not arrays:
        raise RefusedFile(Message("file.no-arrays"))
    return WeightFile(kind, arrays)


def format_of(data: bytes) -> Format:
    """Return the format of a file accepted by `check_head`; for a zip by its members.

    Raises:
        RefusedFile: it is a zip of something else.
    """
    if data.startswith(HDF5):
        return Format.KERAS_H5
    if not data.startswith(ZIP):
        return Format.SAFETENSORS if _is_safetensors(data) else Format.JSON
    names = Archive.of(data, Budget()).members
    if INNER in names:
        return Format.KERAS
    if any(name == PICKLE or name.endswith(f"/{PICKLE}") for name in names):
        return Format.PYTORCH
    if any(name.endswith(MEMBER) for name in names):
        return Format.NPZ
    raise RefusedFile(Message("file.other-zip"))


def _is_safetensors(data: bytes) -> bool:
    """Return whether it begins with a length and a header's brace; read as a length, JSON text would be enormous."""
    return int.from_bytes(data[:LENGTH], "little") < 1 << 40 and data[LENGTH : LENGTH + 1] == b"{"


def _start_of_text(data: bytes) -> str:
    """Return the first non-space characters, in any encoding of JSON."""
    head = data[:HEAD]
    text = head.decode(json.detect_encoding(head), "ignore").lstrip()
    return text if text.startswith(("{", "[")) else head.lstrip().decode("latin-1")
