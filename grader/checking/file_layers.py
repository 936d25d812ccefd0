"""The arrays of a file as layers: which matrix and which biases belong together, as the file lists them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.engine.arrays import Array
from grader.sayings.saying import Saying
from grader.weightfiles.limits import shown
from grader.weightfiles.read import Format, WeightFile
from grader.weightfiles.refused import RefusedFile

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
        raise RefusedFile(Saying("fit.normalization", names=odd[:4]))


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
        raise RefusedFile(Saying("fit.axes", name=shown(name), axes=array.ndim))
    return array


def _paired(matrices: Mapping[str, Array], biases: Mapping[str, Array]) -> dict[str, Array]:
    """Biases by the name of their matrix: those of the same layer's name, else in the order of both."""
    layers = {_layer(name): name for name in matrices}
    if all(_layer(name) in layers for name in biases):
        return {layers[_layer(name)]: values for name, values in biases.items()}
    if len(biases) != len(matrices):
        odd = next(name for name in biases if _layer(name) not in layers)
        raise RefusedFile(Saying("fit.whose-bias", name=shown(odd)))
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
