"""Weights as JSON: an object of nested lists of numbers, `{"w1": 0.5}`, `{"W1": [[…]], "b1": […]}`, objects in objects."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.sayings.saying import Saying
from grader.weightfiles.elements import finite
from grader.weightfiles.limits import MOST_ELEMENTS, Budget, shown
from grader.weightfiles.nested import Nested
from grader.weightfiles.refused import RefusedFile

DEEPEST = 2
"""Weights of a layer are a table at most."""


def read_json(data: bytes, budget: Budget) -> dict[str, NDArray[np.float64]]:
    """Every array by name, in the order of the file; the text may be UTF-8, UTF-16 or UTF-32, with a mark or without."""
    if data.count(b",") > MOST_ELEMENTS:
        raise RefusedFile(Saying("file.too-many-numbers", most=MOST_ELEMENTS))
    try:
        parsed = json.loads(
            data.decode(json.detect_encoding(data)), parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except RefusedFile:
        raise
    except (ValueError, RecursionError):
        raise RefusedFile(Saying("json.invalid")) from None
    if not isinstance(parsed, dict):
        raise RefusedFile(Saying("json.no-object"))
    nested = Nested(lambda value: not isinstance(value, dict))
    return {name: _array(name, value, budget) for name, value in nested.flat(_without_words(parsed)).items()}


def _without_words(parsed: dict[str, Any]) -> dict[str, Any]:
    """The same without what is said beside lists of numbers: a name, a comment."""
    if not any(isinstance(value, list | dict) for value in parsed.values()):
        return parsed
    return {name: value for name, value in parsed.items() if not isinstance(value, str | bool | None)}


def _array(name: str, value: Any, budget: Budget) -> NDArray[np.float64]:
    shape = _shape(name, value, DEEPEST)
    budget.take_array(name, shape)
    try:
        return finite(name, np.array(value, dtype=np.float64).reshape(shape))
    except OverflowError:
        raise RefusedFile(Saying("array.number-too-large", name=shown(name))) from None


def _shape(name: str, value: Any, depth: int) -> tuple[int, ...]:
    """The shape of nested lists of numbers, of equal lengths."""
    if type(value) in {int, float}:
        return ()
    if not isinstance(value, list) or depth == 0:
        raise RefusedFile(Saying("json.no-list", name=shown(name)))
    return (len(value), *_common(name, value, depth))


def _common(name: str, values: Sequence[Any], depth: int) -> tuple[int, ...]:
    shapes = {_shape(name, value, depth - 1) for value in values}
    if len(shapes) > 1:
        raise RefusedFile(Saying("json.lengths", name=shown(name)))
    return next(iter(shapes), ())


def _no_constant(text: str) -> Any:
    raise RefusedFile(Saying("json.not-finite", value=text))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RefusedFile(Saying("json.twice"))
    return found
