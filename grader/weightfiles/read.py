"""Reading a file of weights, whatever its format: told by its first bytes, never by its name."""

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
"""Bytes that are enough to know JSON by; a multiple of what a character takes in any encoding."""


LAYERS = re.compile(r"\[\s*[\[{]")
"""The start of a JSON list of layers, rather than of numbers."""


class Format(StrEnum):
    """Formats that are read."""

    JSON = "json"
    NPZ = "npz"
    SAFETENSORS = "safetensors"
    PYTORCH = "pytorch"
    KERAS_H5 = "keras-h5"
    KERAS = "keras"


@dataclass(frozen=True)
class WeightFile:
    """What a file holds: arrays by name, in the file's order."""

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
    """Refuse at once what can't be a file of weights; cheap, since it looks at the first bytes alone.

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
    """Refuse what is neither a JSON object nor a JSON list of layers."""
    start = _start_of_text(data)
    if start.startswith("[") and not LAYERS.match(start):
        raise RefusedFile(Message("json.no-object"))
    if not start.startswith(("{", "[")):
        raise RefusedFile(Message("file.unknown-format"))


def read_weights(data: bytes) -> WeightFile:
    """Read a file.

    Raises:
        RefusedFile: with the reason; whatever the bytes are, nothing else is raised and nothing in them is run.
    """
    check_head(data)
    kind, budget = format_of(data), Budget()
    arrays = READERS[kind](data, budget)
    if not arrays:
        raise RefusedFile(Message("file.no-arrays"))
    return WeightFile(kind, arrays)


def format_of(data: bytes) -> Format:
    """The format of a file that `check_head` let through; of a zip its members tell.

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
    """Whether a length and the brace of a header stand first; JSON text would give a length beyond all measure."""
    return int.from_bytes(data[:LENGTH], "little") < 1 << 40 and data[LENGTH : LENGTH + 1] == b"{"


def _start_of_text(data: bytes) -> str:
    """The first characters that are no spaces, in any encoding that JSON comes in."""
    head = data[:HEAD]
    text = head.decode(json.detect_encoding(head), "ignore").lstrip()
    return text if text.startswith(("{", "[")) else head.lstrip().decode("latin-1")
