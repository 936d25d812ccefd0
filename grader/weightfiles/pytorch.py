"""What torch.save writes of a state_dict: a zip with a pickle that describes tensors, and their numbers as members."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.sayings.saying import Saying
from grader.weightfiles.archive import Archive
from grader.weightfiles.elements import BFLOAT16, SIZES, decode
from grader.weightfiles.limits import MOST_AXES, MOST_HEADER, Budget, shown
from grader.weightfiles.pickled import Machine, Name
from grader.weightfiles.refused import RefusedFile

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
    }
)
STATES = ("state_dict", "model_state_dict", "model")
"""Where training scripts put the state_dict when they save more than it."""

PERSISTENT = 5
"""A storage is told as ("storage", type, key, device, elements)."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Numbers in a row that tensors are views of; read when the first tensor needs them."""

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
        """The storage that a persistent id names."""
        match told:
            case ("storage", Name(text=kind), str(key), str(), int(count)) if kind in KINDS and count >= 0:
                return Storage(key, KINDS[kind], count)
            case _:
                raise RefusedFile(Saying("torch.unread"))

    def tensor(self, arguments: tuple[Any, ...]) -> NDArray[np.float64]:
        """A tensor: storage, offset, sizes and strides, held against what is really there."""
        match arguments[:4]:
            case (Storage() as storage, int(offset), tuple(shape), tuple(strides)):
                pass
            case _:
                raise RefusedFile(Saying("torch.unread"))
        sizes, steps = _natural(shape), _natural(strides)
        count = self.archive.budget.take_array(storage.key, sizes)
        last = offset + sum((size - 1) * step for size, step in zip(sizes, steps, strict=False))
        if len(sizes) != len(steps) or offset < 0 or (count and last >= storage.count):
            raise RefusedFile(Saying("torch.beyond"))
        numbers = self._numbers(storage)
        strides_in_bytes = tuple(step * numbers.itemsize for step in steps)
        start = numbers[min(offset, len(numbers)) :]
        return np.lib.stride_tricks.as_strided(start, sizes, strides_in_bytes, writeable=False).copy()

    def _numbers(self, storage: Storage) -> NDArray[np.float64]:
        raw = self.archive.read(f"{self.root}data/{storage.key}")
        if len(raw) != storage.count * SIZES[storage.kind]:
            raise RefusedFile(Saying("torch.storage-size", name=shown(storage.key)))
        return decode(storage.key, raw, storage.kind, big_endian=self.big_endian)


def read_pytorch(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Every tensor of the state_dict by name, in its order."""
    archive = Archive.of(data, budget)
    pickles = [name for name in archive.members if name == PICKLE or name.endswith(f"/{PICKLE}")]
    if len(pickles) != 1:
        raise RefusedFile(Saying("torch.no-state"))
    root = pickles[0].removesuffix(PICKLE)
    order = archive.read(f"{root}byteorder", MOST_HEADER) if f"{root}byteorder" in archive.members else b"little"
    state = StateDict(archive, root, big_endian=order.strip() == b"big")
    calls = {
        "torch._utils _rebuild_tensor_v2": state.tensor,
        "torch._utils _rebuild_parameter": lambda arguments: arguments[0],
        "collections OrderedDict": _dictionary,
    }
    found = Machine(calls, frozenset(KINDS), state.load).run(archive.read(pickles[0], MOST_HEADER))
    return _tensors(found)


def _tensors(found: Any) -> dict[str, NDArray[np.float64]]:
    """The tensors of a state_dict, or of the one that a checkpoint holds."""
    if isinstance(found, dict):
        inner = next((found[name] for name in STATES if isinstance(found.get(name), dict)), found)
        tensors = {str(name): value for name, value in inner.items() if isinstance(value, np.ndarray)}
        if tensors:
            return tensors
    raise RefusedFile(Saying("torch.no-tensors"))


def _dictionary(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    match arguments:
        case ():
            return {}
        case (list(pairs),) if all(isinstance(p, list | tuple) and len(p) == 2 and type(p[0]) is str for p in pairs):  # noqa: PLR2004 - key and value
            return dict(pairs)
        case _:
            raise RefusedFile(Saying("pickle.does-more", opcode="OrderedDict"))


def _natural(numbers: tuple[Any, ...]) -> tuple[int, ...]:
    if len(numbers) > MOST_AXES or not all(type(number) is int and number >= 0 for number in numbers):
        raise RefusedFile(Saying("torch.shape"))
    return numbers
