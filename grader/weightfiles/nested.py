"""Weights in nested objects and lists, as in JSON and checkpoints."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.elements import finite
from grader.weightfiles.limits import MOST_ARRAYS, MOST_ELEMENTS, Budget, RefusedFile, shown

STATES = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "parameters")
"""Where training scripts put the weights if they save more than those."""

BIASES = re.compile(r"bias|intercept|^b$", re.IGNORECASE)
"""Next to these, `weights` are those of the layers, not all weights."""

NOT_WEIGHTS = re.compile(
    r"optim|sched|scaler|hyper|config|args|history|metric|callback|loops|(^|_)ema(_|$)|rng", re.IGNORECASE
)
DEEPEST = 8
MOST_ENTRIES = 20 * MOST_ARRAYS


@dataclass
class Nested:
    """Traverses dictionaries, within limits.

    Attributes:
        is_array: tells whether a value is an array rather than a dictionary, or anything else.
        entries: the number of entries seen so far.
    """

    is_array: Callable[[Any], bool]
    entries: int = 0

    def flat(self, tree: Mapping[Any, Any], depth: int = DEEPEST) -> dict[str, Any]:
        """Return every array by name, joining names of nested dictionaries by dots.

        Only the weights of a checkpoint are returned; a single outer dictionary adds nothing to the names.

        Raises:
            RefusedFile: it contains more than the weights of a network.
        """
        self._count()
        if depth == 0:
            return {}
        for name in () if any(BIASES.search(str(name)) for name in tree) else STATES:
            inner = tree.get(name)
            found = self.flat(inner, depth - 1) if isinstance(inner, Mapping) else {}
            if found:
                return found
        within = [value for name, value in tree.items() if self._is_weights(name, value)]
        if len(within) == 1 and not any(self.is_array(value) for value in tree.values()):
            return self.flat(within[0], depth - 1)
        return dict(self._pairs(tree, "", depth))

    def _pairs(self, tree: Mapping[Any, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
        for name, value in tree.items():
            self._count()
            if self.is_array(value):
                yield f"{before}{name}", value
            elif depth > 0 and self._is_weights(name, value):
                yield from self._pairs(value, f"{before}{name}.", depth - 1)

    def _count(self) -> None:
        """Count an entry, since dictionaries that contain themselves would be endless."""
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            raise RefusedFile(Message("file.too-many-arrays", most=MOST_ARRAYS))

    @staticmethod
    def _is_weights(name: Any, value: Any) -> bool:
        return isinstance(value, Mapping) and not NOT_WEIGHTS.search(str(name))


DEEPEST_LIST = 2
"""Weights of a layer are at most a table."""

MOST_LEVELS = 8
"""How deep lists of layers are searched for."""


def read_json(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Return every array by name, in file order; the text may be UTF-8, UTF-16 or UTF-32, with or without a mark."""
    if data.count(b",") > MOST_ELEMENTS:
        raise RefusedFile(Message("file.too-many-numbers", most=MOST_ELEMENTS))
    parsed = _with_numbered_layers(_parsed(data))
    if not isinstance(parsed, dict):
        raise RefusedFile(Message("json.no-object"))
    nested = Nested(lambda value: not isinstance(value, dict))
    return {name: _array(name, value, budget) for name, value in nested.flat(_without_words(parsed)).items()}


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode(json.detect_encoding(data))
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=unique)
    except RefusedFile:
        raise
    except json.JSONDecodeError as error:
        raise RefusedFile(Message("json.invalid-at", line=error.lineno, column=error.colno)) from None
    except (ValueError, RecursionError):
        raise RefusedFile(Message("json.invalid")) from None


def _with_numbered_layers(value: Any, depth: int = MOST_LEVELS) -> Any:
    """Return the same with each list of layers replaced by an object, whose items are named by their index.

    A list is one of layers if it contains objects or tables; next to it, others of the same length are too, since the
    biases of all layers may look like a table.
    """
    if depth == 0 or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return _numbered(value, depth) if _has_layers(value) else value
    lengths = {len(item) for item in value.values() if isinstance(item, list) and _has_layers(item)}
    return {
        name: _numbered(item, depth)
        if isinstance(item, list) and len(item) in lengths and _is_nested(item)
        else _with_numbered_layers(item, depth - 1)
        for name, item in value.items()
    }


def _numbered(items: Sequence[Any], depth: int) -> dict[str, Any]:
    return {
        str(place): _with_numbered_layers(item, depth - 1) if isinstance(item, dict) else item
        for place, item in enumerate(items)
    }


def _has_layers(items: Sequence[Any]) -> bool:
    return any(isinstance(item, dict) or (isinstance(item, list) and _is_nested(item)) for item in items)


def _is_nested(items: Sequence[Any]) -> bool:
    return any(isinstance(item, list | dict) for item in items)


def _without_words(parsed: dict[str, Any], depth: int = MOST_LEVELS) -> dict[str, Any]:
    """Return the same without text next to lists of numbers: a name, a comment, the type of a layer."""
    if not any(isinstance(value, list | dict) for value in parsed.values()):
        return parsed
    return {
        name: _without_words(value, depth - 1) if isinstance(value, dict) and depth else value
        for name, value in parsed.items()
        if not isinstance(value, str | bool | None)
    }


def _array(name: str, value: Any, budget: Budget) -> NDArray[np.float64]:
    shape = _shape(name, value, DEEPEST_LIST)
    budget.take_array(name, shape)
    try:
        return finite(name, np.array(value, dtype=np.float64).reshape(shape))
    except OverflowError:
        raise RefusedFile(Message("array.number-too-large", name=shown(name))) from None


def _shape(name: str, value: Any, depth: int) -> tuple[int, ...]:
    """Return the shape of nested lists of numbers of equal lengths."""
    if type(value) in {int, float}:
        return ()
    if not isinstance(value, list) or depth == 0:
        raise RefusedFile(Message("json.no-list", name=shown(name)))
    return (len(value), *_common(name, value, depth))


def _common(name: str, values: Sequence[Any], depth: int) -> tuple[int, ...]:
    shapes = {_shape(name, value, depth - 1) for value in values}
    if len(shapes) > 1:
        raise RefusedFile(Message("json.lengths", name=shown(name)))
    return next(iter(shapes), ())


def _no_constant(text: str) -> Any:
    raise RefusedFile(Message("json.not-finite", value=text))


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        RefusedFile: two members have the same name, so it is ambiguous.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise RefusedFile(Message("json.name-twice", name=shown(name)))
        found[name] = value
    return found
