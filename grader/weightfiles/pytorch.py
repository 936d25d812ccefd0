"""The format of torch.save for a state_dict: a zip of a pickle, which describes tensors, and their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.archive import Archive
from grader.weightfiles.elements import BFLOAT16, SIZES, decode, unread_kind
from grader.weightfiles.limits import MOST_AXES, MOST_HEADER, Budget, RefusedFile, shown
from grader.weightfiles.nested import Nested
from grader.weightfiles.pickled import Machine, Name, NumpyArray, Unused, encoded, numpy_type

PICKLE = "data.pkl"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "torch FloatStorage": "f4",
        "torch DoubleStorage": "f8",
        "torch HalfStorage": "f2",
        "torch BFloat16Storage": BFLOAT16,
        "torch LongStorage": "i8",
        "torch IntStorage": "i4",
        "torch ShortStorage": "i2",
        "torch CharStorage": "i1",
        "torch ByteStorage": "u1",
        "torch BoolStorage": "u1",
    }
)
UNTYPED = "torch.storage UntypedStorage"
"""A storage in bytes, whose tensors specify their type themselves."""

DTYPES: Mapping[str, str] = MappingProxyType(
    {
        "torch float32": "f4", "torch float64": "f8", "torch float16": "f2", "torch bfloat16": BFLOAT16,
        "torch uint16": "u2", "torch uint32": "u4", "torch uint64": "u8", "torch int64": "i8", "torch int32": "i4",
        "torch int16": "i2", "torch int8": "i1", "torch uint8": "u1", "torch bool": "u1",
    }
)  # fmt: skip
SHORT = ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")
MENTIONED = frozenset(
    {
        *KINDS,
        *DTYPES,
        UNTYPED,
        *(f"torch float8_{kind}" for kind in SHORT),
        "numpy ndarray",
        "builtins dict",
        "__builtin__ dict",
    }
)
PASSED = (
    "numpy._core.multiarray scalar", "numpy.core.multiarray scalar", "torch Size", "torch device", "argparse Namespace",
    "types SimpleNamespace", "pathlib PosixPath", "pathlib WindowsPath", "pathlib._local PosixPath",
    "pathlib._local WindowsPath", "datetime datetime", "datetime timedelta", "datetime date",
)  # fmt: skip
"""Objects in checkpoints besides weights: read over, and never created."""

RECONSTRUCT = ("numpy._core.multiarray _reconstruct", "numpy.core.multiarray _reconstruct")

PERSISTENT = 5
"""A storage is given as ("storage", type, key, device, elements)."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A sequence of numbers viewed by tensors; read when the first tensor needs it."""

    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class StateDict:
    """The file while it is read."""

    archive: Archive
    root: str
    big_endian: bool

    def load(self, told: Any) -> Storage:
        """Return the storage that a persistent id names."""
        match told:
            case ("storage", Name(text=kind), str(key), str(), int(count)) if kind in KINDS and count >= 0:
                return Storage(key, KINDS[kind], count)
            case ("storage", Name(text=kind), str(key), str(), int(count)) if kind == UNTYPED and count >= 0:
                return Storage(key, UNTYPED, count)
            case _:
                raise RefusedFile(Message("torch.unread"))

    def tensor_of_type(self, arguments: tuple[Any, ...]) -> NDArray[np.float64]:
        """Return a tensor that specifies its type at the end, and measures its storage in bytes."""
        match arguments:
            case (Storage(key=key, count=count), *others, Name(text=dtype)):
                pass
            case _:
                raise RefusedFile(Message("torch.unread"))
        if dtype not in DTYPES:
            raise unread_kind(key, dtype)
        kind = DTYPES[dtype]
        return self.tensor((Storage(key, kind, count // SIZES[kind]), *others))

    def tensor(self, arguments: tuple[Any, ...]) -> NDArray[np.float64]:
        """Return a tensor: storage, offset, sizes and strides, checked against the actual data."""
        match arguments[:4]:
            case (Storage() as storage, int(offset), tuple(shape), tuple(strides)) if storage.kind in SIZES:
                pass
            case _:
                raise RefusedFile(Message("torch.unread"))
        sizes, steps = _natural(shape), _natural(strides)
        count = self.archive.budget.take_array(storage.key, sizes)
        last = offset + sum((size - 1) * step for size, step in zip(sizes, steps, strict=False))
        if len(sizes) != len(steps) or offset < 0 or (count and last >= storage.count):
            raise RefusedFile(Message("torch.beyond"))
        numbers = self._numbers(storage)
        strides_in_bytes = tuple(step * numbers.itemsize for step in steps)
        start = numbers[min(offset, len(numbers)) :]
        return np.lib.stride_tricks.as_strided(start, sizes, strides_in_bytes, writeable=False).copy()

    def _numbers(self, storage: Storage) -> NDArray[np.float64]:
        raw = self.archive.read(f"{self.root}data/{storage.key}")
        if len(raw) != storage.count * SIZES[storage.kind]:
            raise RefusedFile(Message("torch.storage-size", name=shown(storage.key)))
        return decode(storage.key, raw, storage.kind, big_endian=self.big_endian)


def read_pytorch(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Return every tensor of the state_dict by name, in order."""
    archive = Archive.of(data, budget)
    pickles = [name for name in archive.members if name == PICKLE or name.endswith(f"/{PICKLE}")]
    if len(pickles) != 1:
        raise RefusedFile(Message("torch.no-state"))
    root = pickles[0].removesuffix(PICKLE)
    order = archive.read(f"{root}byteorder", MOST_HEADER) if f"{root}byteorder" in archive.members else b"little"
    state = StateDict(archive, root, big_endian=order.strip() == b"big")
    calls = {
        "torch._utils _rebuild_tensor_v2": state.tensor,
        "torch._utils _rebuild_tensor_v3": state.tensor_of_type,
        "torch._utils _rebuild_parameter": lambda arguments: arguments[0],
        "torch._utils _rebuild_parameter_with_state": lambda arguments: arguments[0],
        "collections OrderedDict": _dictionary,
        "collections defaultdict": lambda _: {},
        "numpy dtype": numpy_type,
        "_codecs encode": encoded,
        **dict.fromkeys(RECONSTRUCT, lambda _: NumpyArray(budget)),
        **dict.fromkeys(PASSED, lambda _: Unused()),
    }
    found = Machine(calls, MENTIONED, state.load).run(archive.read(pickles[0], MOST_HEADER))
    return _tensors(found)


def _tensors(found: Any) -> dict[str, NDArray[np.float64]]:
    """Return the tensors of a state_dict, or of the one in a checkpoint."""
    if isinstance(found, dict) and "param_groups" not in found:
        arrays = Nested(lambda value: isinstance(value, np.ndarray | NumpyArray)).flat(found)
        tensors = {name: value.values if isinstance(value, NumpyArray) else value for name, value in arrays.items()}
        if tensors:
            return {name: value for name, value in tensors.items() if value is not None}
    raise RefusedFile(Message("torch.no-tensors"))


def _dictionary(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    match arguments:
        case ():
            return {}
        case (list(pairs),) if all(isinstance(p, list | tuple) and len(p) == 2 and type(p[0]) is str for p in pairs):  # noqa: PLR2004 - key and value
            return dict(pairs)
        case _:
            raise RefusedFile(Message("pickle.does-more", opcode="OrderedDict"))


def _natural(numbers: tuple[Any, ...]) -> tuple[int, ...]:
    if len(numbers) > MOST_AXES or not all(type(number) is int and number >= 0 for number in numbers):
        raise RefusedFile(Message("torch.shape"))
    return numbers
