"""The order of a file's layers: as the file lists them, as their names tell, or any that fits."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.checking.file_layers import FileLayer, first_names

EARLY = frozenset(
    {
        "input", "in", "first", "enc", "encoder", "hidden", "hid", "h", "ih", "xh", "stem", "embed", "embedding",
        "feature", "features", "backbone", "body", "base", "lower",
    }
)  # fmt: skip
LATE = frozenset(
    {
        "output", "out", "o", "ho", "hy", "last", "final", "dec", "decoder", "classifier", "classify", "head", "logit",
        "logits", "predict", "predictor", "prediction", "top", "readout", "score", "upper",
    }
)  # fmt: skip
MOST_ORDERS = 24
"""All orders of four layers of one shape."""

MOST_PERMUTED = 6
"""Of more layers only the listed order, and what the names tell, are tried."""

TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
NUMBER = re.compile(r"_?\d+")


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders that are tried.

    Attributes:
        tried: layers in the network's order, the likeliest first; none where no order fits.
        is_open: whether neither the file nor the names tell which order is right, or tell different ones.
    """

    tried: tuple[tuple[FileLayer, ...], ...]
    is_open: bool


def orders_of(layers: Sequence[FileLayer], fits: Callable[[int, FileLayer], bool]) -> Orders:
    """Return the orders in which the layers of a file fit a network.

    A file whose names are in alphabetical order has been sorted, or might have been: that order says nothing.

    Args:
        layers: as the file lists them.
        fits: whether a layer may stand at a place of the network.
    """
    names = [layer.name for layer in layers]
    by_name = sorted(layers, key=lambda layer: _key(first_names([layer])[0]))
    file_tells, names_tell = names != sorted(names), _do_tell(first_names(layers))
    listed = list(layers)
    agree = not names_tell or by_name == listed
    likeliest = listed if file_tells else by_name
    found = tuple(_orders((likeliest, by_name, listed), fits))
    if file_tells and agree and found and list(found[0]) == likeliest:
        found = found[:1]
    preferred = [order for order in found if list(order) == by_name]
    found = tuple(dict.fromkeys((*found[:1], *preferred, *found)))
    return Orders(found, is_open=len(found) > 1 and (not agree if file_tells else not names_tell))


def _orders(
    known: Sequence[Sequence[FileLayer]], fits: Callable[[int, FileLayer], bool]
) -> Iterator[tuple[FileLayer, ...]]:
    """Orders that fit: of few layers all, the likeliest first."""
    if len(known[0]) <= MOST_PERMUTED:
        yield from islice(_fitting(known[0], fits), MOST_ORDERS)
        return
    for order in known:
        if all(fits(place, layer) for place, layer in enumerate(order)):
            yield tuple(order)


def _fitting(
    layers: Sequence[FileLayer], fits: Callable[[int, FileLayer], bool], place: int = 0
) -> Iterator[tuple[FileLayer, ...]]:
    """Every order that fits, those nearest to the given one first."""
    if not layers:
        yield ()
    for k, layer in enumerate(layers):
        if fits(place, layer):
            rest = [*layers[:k], *layers[k + 1 :]]
            yield from ((layer, *others) for others in _fitting(rest, fits, place + 1))


def _do_tell(names: Sequence[str]) -> bool:
    """Whether names differ by their numbers, or by words for the beginning and the end of a network."""
    kinds: dict[int, set[str]] = {}
    for name in names:
        kinds.setdefault(_rank(name), set()).add(NUMBER.sub("", name))
    return len(set(names)) == len(names) and all(len(same) == 1 for same in kinds.values())


def _key(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Sorts by what words say of the place, then 10 after 2."""
    parts = re.split(r"(\d+)", name)
    return _rank(name), [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _rank(name: str) -> int:
    words = {word.lower() for word in TOKEN.findall(name)}
    if words & LATE:
        return 2
    return 0 if words & EARLY else 1
