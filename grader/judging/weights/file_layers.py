"""The layers of a weight file, and their possible orders."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from grader.engine.names import Array
from grader.messages.message import Message
from grader.weightfiles.limits import RefusedFile, shown
from grader.weightfiles.read import Format, WeightFile

WORDS = r"weights?|kernels?|coefs?|bias(?:es)?|intercepts?|w|b"
ROLE_LAST = re.compile(rf"(?P<before>.*?)[._/]?(?P<role>{WORDS})[._]?(?P<number>\d*)[._]?", re.IGNORECASE)
ROLE_FIRST = re.compile(rf"(?P<before>.*?[._/])??(?P<role>{WORDS})(?P<number>[._/].+)", re.IGNORECASE)
ROLE_SHORT = re.compile(r"(?P<before>)(?P<role>[Wb])(?P<number>[a-z]{1,3})")
"""A layer's name and an array's role in it: `0.weight`, `dense_1/bias`, `W1`, `b2`; `W_hidden`, `bias_ho`; `Wh`."""

BIAS_INITIALS = ("b", "i")
COUNTERS = re.compile(r"(^|[._/])num_batches_tracked$")
NORMALIZATION = re.compile(r"(^|[._/])(running|moving)_(mean|var|variance)$|(^|[._/])(gamma|beta)(:0)?$")

OUT_IN, IN_OUT = "out-in", "in-out"
MATRIX = 2


@dataclass(frozen=True, eq=False)
class FileLayer:
    """One layer of a file.

    Attributes:
        name: of the matrix in the file.
        matrix: two axes, in either order.
        biases: one axis, or None.
        orientation: the order of the axes by convention of format and name; None if neither determines it.
    """

    name: str
    matrix: Array
    biases: Array | None
    orientation: str | None


@dataclass(frozen=True, eq=False)
class FileLayers:
    """All layers of a file in its order, and the names of arrays that belong to none."""

    layers: tuple[FileLayer, ...]
    unused: tuple[str, ...]


def layers_of(file: WeightFile, count: int) -> FileLayers:
    """Pair the matrices and biases of a file.

    Args:
        file: its content.
        count: the number of layers of the network.

    Raises:
        RefusedFile: some array is neither a matrix nor the biases of one.
    """
    arrays = {name: array for name, array in file.arrays.items() if not COUNTERS.search(name)}
    _refuse_normalization(arrays)
    unused = _settings(arrays)
    arrays = {name: array for name, array in arrays.items() if name not in unused}
    weights = _weights(arrays, count)
    matrices = {name: _as_matrix(name, arrays[name]) for name in weights}
    biases = {name: np.ravel(arrays[name]) for name in arrays if name not in matrices}
    found = _paired(matrices, biases)
    layers = tuple(
        FileLayer(name, matrix, found.get(name), _convention(file.format, name)) for name, matrix in matrices.items()
    )
    return FileLayers(layers, unused)


def _refuse_normalization(arrays: Mapping[str, NDArray[np.float64]]) -> None:
    """Reject batch normalization: without it, the network computes something else."""
    odd = tuple(shown(name) for name in arrays if NORMALIZATION.search(name))
    if odd:
        raise RefusedFile(Message("fit.normalization", names=odd[:4]))


def _settings(arrays: Mapping[str, NDArray[np.float64]]) -> tuple[str, ...]:
    """Return single numbers next to weights whose names mark them as something else: an epoch, a learning rate."""
    named = [name for name in arrays if _role(name)]
    return tuple(name for name, array in arrays.items() if named and array.ndim == 0 and not _role(name))


def _weights(arrays: Mapping[str, NDArray[np.float64]], count: int) -> list[str]:
    """Return the names of the matrices; if names do not tell, every other array is one, the larger ones."""
    names = list(arrays)
    if any(_role(name) for name in names) or len(names) not in {count, 2 * count}:
        return [name for name in names if not _is_bias(name, arrays[name])]
    if len(names) == count:
        return names
    return max((names[::2], names[1::2]), key=lambda some: sum(arrays[name].size for name in some))


def _role(name: str) -> str | None:
    """Return the word in a name that distinguishes weights from biases."""
    match = _match(name)
    return match["role"].lower() if match else None


def _match(name: str) -> re.Match[str] | None:
    return ROLE_LAST.fullmatch(name) or ROLE_FIRST.fullmatch(name) or ROLE_SHORT.fullmatch(name)


def _is_bias(name: str, array: NDArray[np.float64]) -> bool:
    """Return whether it has at most one axis and no name of weights, or two, one of size 1, and a name of biases."""
    role = _role(name)
    if role is None:
        return array.ndim < MATRIX
    return role.startswith(BIAS_INITIALS) and sum(size != 1 for size in array.shape) <= 1


def _as_matrix(name: str, array: NDArray[np.float64]) -> Array:
    """Return an array with two axes: a single row or column may lack one, and axes of size 1 may be superfluous."""
    if array.ndim < MATRIX:
        return array.reshape(1, array.size)
    while array.ndim > MATRIX and 1 in array.shape:
        array = np.squeeze(array, axis=array.shape.index(1))
    if array.ndim != MATRIX:
        raise RefusedFile(Message("fit.axes", name=shown(name), axes=array.ndim))
    return array


def _paired(matrices: Mapping[str, Array], biases: Mapping[str, Array]) -> dict[str, Array]:
    """Return biases by the name of their matrix: matched by the layer's name, else by order."""
    layers = {_layer(name): name for name in matrices}
    if all(_layer(name) in layers for name in biases):
        return {layers[_layer(name)]: values for name, values in biases.items()}
    if len(biases) != len(matrices):
        odd = next(name for name in biases if _layer(name) not in layers)
        raise RefusedFile(Message("fit.whose-bias", name=shown(odd)))
    return dict(zip(matrices, biases.values(), strict=True))


def _layer(name: str) -> str:
    match = _match(name)
    return f"{match['before'] or ''}#{match['number']}" if match else name


def _convention(kind: Format, name: str) -> str | None:
    role = _role(name) or ""
    if kind in {Format.KERAS, Format.KERAS_H5} or role.startswith(("kernel", "coef")):
        return IN_OUT
    return OUT_IN if kind is Format.PYTORCH or name.endswith(".weight") else None


def first_names(layers: Sequence[FileLayer]) -> list[str]:
    """Return the name of each layer, without the word for its weights."""
    matches = [_match(layer.name) for layer in layers]
    return [
        layer.name if match is None else f"{match['before'] or ''}{match['number']}"
        for layer, match in zip(layers, matches, strict=True)
    ]


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
"""All orders of four layers with the same shape."""

MOST_PERMUTED = 6
"""With more layers, only the listed order and the one suggested by names are tried."""

TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
NUMBER = re.compile(r"_?\d+")


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders to be tried.

    Attributes:
        tried: layers in the network's order, likeliest first; empty if no order fits.
        is_open: whether neither the file nor the names determine the order, or they disagree.
    """

    tried: tuple[tuple[FileLayer, ...], ...]
    is_open: bool


def orders_of(layers: Sequence[FileLayer], fits: Callable[[int, FileLayer], bool]) -> Orders:
    """Return the orders in which the layers of a file fit a network.

    If the names of a file are in alphabetical order, it may have been sorted: that order means nothing.

    Args:
        layers: in file order.
        fits: whether a layer may be at a position of the network.
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
    """Yield orders that fit: all of them for few layers, likeliest first."""
    if len(known[0]) <= MOST_PERMUTED:
        yield from islice(_fitting(known[0], fits), MOST_ORDERS)
        return
    for order in known:
        if all(fits(place, layer) for place, layer in enumerate(order)):
            yield tuple(order)


def _fitting(
    layers: Sequence[FileLayer], fits: Callable[[int, FileLayer], bool], place: int = 0
) -> Iterator[tuple[FileLayer, ...]]:
    """Yield every order that fits, nearest to the given one first."""
    if not layers:
        yield ()
    for k, layer in enumerate(layers):
        if fits(place, layer):
            rest = [*layers[:k], *layers[k + 1 :]]
            yield from ((layer, *others) for others in _fitting(rest, fits, place + 1))


def _do_tell(names: Sequence[str]) -> bool:
    """Return whether names differ by numbers, or by words for the beginning and end of a network."""
    kinds: dict[int, set[str]] = {}
    for name in names:
        kinds.setdefault(_rank(name), set()).add(NUMBER.sub("", name))
    return len(set(names)) == len(names) and all(len(same) == 1 for same in kinds.values())


def _key(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Return a key that sorts by words for the position, then 10 after 2."""
    parts = re.split(r"(\d+)", name)
    return _rank(name), [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _rank(name: str) -> int:
    words = {word.lower() for word in TOKEN.findall(name)}
    if words & LATE:
        return 2
    return 0 if words & EARLY else 1
