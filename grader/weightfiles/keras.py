"""Keras' .weights.h5 and .keras files, read with h5py if it is installed; configurations are never loaded."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.archive import Archive
from grader.weightfiles.elements import BFLOAT16, FLOAT8_OF_NUMPY, SIZES, decode, finite, kind_of, unread_kind
from grader.weightfiles.limits import LONGEST_NAME, Budget, RefusedFile, shown

LAYER_NAMES = "layer_names"
"""Where `model.save("….h5")` lists the layers of a model in order."""

INNER = "model.weights.h5"
DEEPEST = 12
MOST_LINKS = 5_000
FILTERS = frozenset({1, 2, 3})
"""Deflate, shuffle and checksum; other filters could load code."""

NOT_WEIGHTS = re.compile(r"(^|/)(optimizer|optimizer_weights|seed_generator)(/|$)")
ROLES = {"0": "kernel", "1": "bias"}
"""Names of the numbered variables of a Dense layer in Keras 3."""


def read_keras_zip(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Return the weights in a .keras file; its configuration is ignored."""
    return read_h5(Archive.of(data, budget).read(INNER), budget)


def read_h5(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Return every variable of every layer by name (`dense_1/kernel`), in model order or by number."""
    h5py = _h5py()
    walk = Walk(h5py, budget)
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            pairs = list(walk.arrays(file, ""))
    except RefusedFile:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError):
        raise RefusedFile(Message("h5.damaged")) from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RefusedFile(Message("h5.too-much"))
    return found if walk.is_listed else {name: found[name] for name in sorted(found, key=_natural)}


def _h5py() -> ModuleType:
    try:
        import h5py  # noqa: PLC0415 - an extra that a server may lack
    except ImportError:
        raise RefusedFile(Message("h5.not-read-here")) from None
    module: ModuleType = h5py
    return module


@dataclass
class Walk:
    """Traverses the groups of a file, within limits, without following links out of it."""

    h5py: ModuleType
    budget: Budget
    links: int = field(default=0)
    is_listed: bool = False

    def arrays(self, group: Any, path: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Yield every dataset below a group, by the name of its weights."""
        for name in self._listed(group):
            here = f"{path}/{name}" if path else name
            if NOT_WEIGHTS.search(here):
                continue
            member = self._member(group, name, here)
            if isinstance(member, self.h5py.Group):
                yield from self.arrays(member, here)
            elif isinstance(member, self.h5py.Dataset):
                yield plain_name(here), self._array(here, member)

    def _listed(self, group: Any) -> list[str]:
        """Return the names in a group: first those listed in model order, then the others by name."""
        names = list(islice(group, MOST_LINKS + 1))
        if LAYER_NAMES not in group.attrs:
            return names
        self.is_listed = True
        listed = group.attrs.get_id(LAYER_NAMES)
        if len(listed.shape) != 1 or listed.shape[0] > MOST_LINKS:
            raise RefusedFile(Message("h5.too-much"))
        plain = [name.decode() if isinstance(name, bytes) else str(name) for name in group.attrs[LAYER_NAMES]]
        return list(dict.fromkeys([*(name for name in plain if name in group), *names]))

    def _member(self, group: Any, name: str, here: str) -> Any:
        """Return a member of the group itself, not of the target of an external link."""
        self.links += 1
        if self.links > MOST_LINKS or len(here) > LONGEST_NAME or here.count("/") > DEEPEST:
            raise RefusedFile(Message("h5.too-much"))
        if not isinstance(group.get(name, getlink=True), self.h5py.HardLink):
            raise RefusedFile(Message("h5.elsewhere", name=shown(here)))
        return group[name]

    def _array(self, name: str, dataset: Any) -> NDArray[np.float64]:
        kind = "" if dataset.shape is None else kind_of(dataset.dtype)
        if kind == FLOAT8_OF_NUMPY:
            raise unread_kind(name, kind)
        if kind not in SIZES:
            raise RefusedFile(Message("array.no-numbers", name=shown(name)))
        settings = dataset.id.get_create_plist()
        filters = {settings.get_filter(k)[0] for k in range(settings.get_nfilters())}
        if dataset.is_virtual or dataset.external or not filters <= FILTERS:
            raise RefusedFile(Message("array.unusual", name=shown(name)))
        count = self.budget.take_array(name, tuple(int(size) for size in dataset.shape))
        self.budget.take_unpacked(count * dataset.dtype.itemsize)
        values = dataset[()]
        if kind == BFLOAT16:
            return decode(name, values.tobytes(), kind).reshape(dataset.shape)
        return finite(name, np.asarray(values, dtype=np.float64))


def plain_name(path: str) -> str:
    """`layers/dense_1/vars/0` → `dense_1/kernel`; `model_weights/d/sequential/d/bias:0` → `d/bias`."""
    steps = [
        step for step in path.split("/") if step not in {"layers", "model_weights", "_layer_checkpoint_dependencies"}
    ]
    if "vars" in steps:
        within = [step for step in steps[:-1] if step != "vars"]
        return "/".join([*within, ROLES.get(steps[-1], steps[-1])])
    layer = list(dict.fromkeys((steps[0], *steps[-2:-1])))
    return "/".join([*layer, steps[-1].removesuffix(":0")])


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts dense_10 after dense_2."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
