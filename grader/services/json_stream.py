"""JSON documents larger than memory: objects whose long parts are written piece by piece."""

import json
from collections.abc import Iterable, Iterator
from typing import Any


def document(parts: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield an object; a part that is an iterator becomes an array with one element a line."""
    opening = "{\n"
    for name, value in parts:
        yield f"{opening}{json.dumps(name)}: "
        if isinstance(value, Iterator):
            yield from _array(value)
        else:
            yield json.dumps(value, ensure_ascii=False)
        opening = ",\n"
    yield "\n}\n"


def _array(elements: Iterator[Any]) -> Iterator[str]:
    opening = "[\n"
    for element in elements:
        yield opening + json.dumps(element, ensure_ascii=False)
        opening = ",\n"
    yield "[]" if opening == "[\n" else "\n]"
