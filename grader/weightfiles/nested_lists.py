"""Weights as JSON: an object of nested lists of numbers, `{"w1": 0.5}`, `{"W1": [[…]], "b1": […]}`, objects in objects.

Lists of layers are read as well: `[W1, b1, W2, b2]`, `{"weights": [W1, W2], "biases": [b1, b2]}`, and
`{"layers": [{"weights": …, "biases": …}, …]}`. Their items get numbers as names.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.elements import finite
from grader.weightfiles.limits import MOST_ELEMENTS, Budget, shown
from grader.weightfiles.nested import Nested
from grader.weightfiles.refused import RefusedFile

DEEPEST = 2
"""Weights of a layer are a table at most."""

MOST_LEVELS = 8
"""Objects in objects in which lists of layers are looked for."""


def read_json(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Every array by name, in the order of the file; the text may be UTF-8, UTF-16 or UTF-32, with a mark or without."""
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
    """Return the same with an object in place of each list of layers, whose items are named by their place.

    A list is one of layers where it holds objects or tables; beside such a list, others of the same length are too,
    since the biases of all layers may look like a table.
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
    """The same without what is said beside lists of numbers: a name, a comment, the type of a layer."""
    if not any(isinstance(value, list | dict) for value in parsed.values()):
        return parsed
    return {
        name: _without_words(value, depth - 1) if isinstance(value, dict) and depth else value
        for name, value in parsed.items()
        if not isinstance(value, str | bool | None)
    }


def _array(name: str, value: Any, budget: Budget) -> NDArray[np.float64]:
    shape = _shape(name, value, DEEPEST)
    budget.take_array(name, shape)
    try:
        return finite(name, np.array(value, dtype=np.float64).reshape(shape))
    except OverflowError:
        raise RefusedFile(Message("array.number-too-large", name=shown(name))) from None


def _shape(name: str, value: Any, depth: int) -> tuple[int, ...]:
    """The shape of nested lists of numbers, of equal lengths."""
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
    """Return an object of JSON.

    Raises:
        RefusedFile: two of its members have one name, so that it is open which is meant.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise RefusedFile(Message("json.name-twice", name=shown(name)))
        found[name] = value
    return found
