"""The places of a statement that given values are put into."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

PLACE = re.compile(r"\{\{ +([A-Za-z][A-Za-z0-9_]*) +\}\}")
"""With spaces inside: formulas have double braces of their own, as in e^{{-net}}."""


def fill(markdown: str, values: Mapping[str, float]) -> str:
    """Put the values in; what is no given value stays as it is written.

    Nothing but digits, a point and a minus is put in, so that it reads the same inside a formula and outside.
    """
    return PLACE.sub(lambda place: written(values[place[1]]) if place[1] in values else place[0], markdown)


def unknown_places(markdown: str, values: Mapping[str, float]) -> Iterator[str]:
    """Names that are to be replaced and are no given values, each once."""
    yield from dict.fromkeys(name for name in PLACE.findall(markdown) if name not in values)


def written(value: float) -> str:
    """A given value in plain decimals: 0.05, -1, 0.00001."""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
