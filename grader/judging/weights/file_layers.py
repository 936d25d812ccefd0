"""The layers of a file of weights, and the orders in which they may stand."""

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
"""`0.weight`, `dense_1/bias`, `W1`, `b2`; `W_hidden`, `bias_ho`; `Wh`: what a layer is called, and what of it this is."""

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
        matrix: two axes, in whichever order.
        biases: one axis, or None where there are none.
        orientation: the order of the axes by convention of format and name; None where neither tells.
    """

    name: str
    matrix: Array
    biases: Array | None
    orientation: str | None


@dataclass(frozen=True, eq=False)
class FileLayers:
    """All layers of a file, as it lists them, and the names of arrays that are no part of any."""

    layers: tuple[FileLayer, ...]
    unused: tuple[str, ...]


def layers_of(file: WeightFile, count: int) -> FileLayers:
    """Pair the matrices and biases of a file.

    Args:
        file: what was read.
        count: how many layers the network has.

    Raises:
        RefusedFile: some array is neither a matrix nor biases of one.
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
    """A network that was trained with batch normalization computes something else without it."""
    odd = tuple(shown(name) for name in arrays if NORMALIZATION.search(name))
    if odd:
        raise RefusedFile(Message("fit.normalization", names=odd[:4]))


def _settings(arrays: Mapping[str, NDArray[np.float64]]) -> tuple[str, ...]:
    """Single numbers beside weights whose names say that they are something else: an epoch, a learning rate."""
    named = [name for name in arrays if _role(name)]
    return tuple(name for name, array in arrays.items() if named and array.ndim == 0 and not _role(name))


def _weights(arrays: Mapping[str, NDArray[np.float64]], count: int) -> list[str]:
    """The names of the matrices; where no name tells, every other array is one, the larger ones."""
    names = list(arrays)
    if any(_role(name) for name in names) or len(names) not in {count, 2 * count}:
        return [name for name in names if not _is_bias(name, arrays[name])]
    if len(names) == count:
        return names
    return max((names[::2], names[1::2]), key=lambda some: sum(arrays[name].size for name in some))


def _role(name: str) -> str | None:
    """The word of a name that tells weights from biases."""
    match = _match(name)
    return match["role"].lower() if match else None


def _match(name: str) -> re.Match[str] | None:
    return ROLE_LAST.fullmatch(name) or ROLE_FIRST.fullmatch(name) or ROLE_SHORT.fullmatch(name)


def _is_bias(name: str, array: NDArray[np.float64]) -> bool:
    """At most one axis, unless the name says weights; or two of which one is 1, where it says biases."""
    role = _role(name)
    if role is None:
        return array.ndim < MATRIX
    return role.startswith(BIAS_INITIALS) and sum(size != 1 for size in array.shape) <= 1


def _as_matrix(name: str, array: NDArray[np.float64]) -> Array:
    """Two axes: one output's row, or one input's column, may lack one, and axes of size 1 may be too many."""
    if array.ndim < MATRIX:
        return array.reshape(1, array.size)
    while array.ndim > MATRIX and 1 in array.shape:
        array = np.squeeze(array, axis=array.shape.index(1))
    if array.ndim != MATRIX:
        raise RefusedFile(Message("fit.axes", name=shown(name), axes=array.ndim))
    return array


def _paired(matrices: Mapping[str, Array], biases: Mapping[str, Array]) -> dict[str, Array]:
    """Biases by the name of their matrix: those of the same layer's name, else in the order of both."""
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
    """What each layer is called, without the word for its weights."""
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
