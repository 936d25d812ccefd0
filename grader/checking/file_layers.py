"""The arrays of a file as layers: which matrix and which biases belong together, and in which order."""

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

ROLE = re.compile(r"(?P<before>.*?)[._/]?(?P<role>weights?|kernel|bias(?:es)?|w|b)[._]?(?P<number>\d*)", re.IGNORECASE)
"""`0.weight`, `dense_1/bias`, `W1`, `b2`, `hidden_bias`: what a layer is called, and what of it this is."""

SORTED_BY_NAME = frozenset({Format.SAFETENSORS, Format.KERAS, Format.KERAS_H5})
"""Formats that keep no order of their own: there the numbers in the names tell it."""

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


def layers_of(file: WeightFile) -> list[FileLayer]:
    """The layers of a file in their order.

    Raises:
        RefusedFile: some array is neither a matrix nor biases of one.
    """
    names = sorted(file.arrays, key=_natural) if file.format in SORTED_BY_NAME else list(file.arrays)
    matrices = {name: file.arrays[name] for name in names if not _is_bias(name, file.arrays[name])}
    biases = {name: np.ravel(file.arrays[name]) for name in names if name not in matrices}
    for name, matrix in matrices.items():
        if matrix.ndim != MATRIX:
            raise RefusedFile(Saying("fit.axes", name=shown(name), axes=matrix.ndim))
    found = _paired(list(matrices), biases)
    return [
        FileLayer(name, matrix, found.get(name), _convention(file.format, name)) for name, matrix in matrices.items()
    ]


def _is_bias(name: str, array: NDArray[np.float64]) -> bool:
    """One axis, or two of which one is 1 where the name says so."""
    match = ROLE.fullmatch(name)
    is_called_so = match is not None and match["role"].lower().startswith("b")
    return array.ndim == 1 or (is_called_so and array.ndim == MATRIX and 1 in array.shape)


def _paired(matrices: Sequence[str], biases: Mapping[str, Array]) -> dict[str, Array]:
    """Biases by the name of their matrix: those of the same layer's name, else in the order of both."""
    layers = {_layer(name): name for name in matrices}
    if all(_layer(name) in layers for name in biases):
        return {layers[_layer(name)]: values for name, values in biases.items()}
    if len(biases) != len(matrices):
        odd = next(name for name in biases if _layer(name) not in layers)
        raise RefusedFile(Saying("fit.whose-bias", name=shown(odd)))
    return dict(zip(matrices, biases.values(), strict=True))


def _layer(name: str) -> str:
    match = ROLE.fullmatch(name)
    return f"{match['before']}#{match['number']}" if match else name


def _convention(kind: Format, name: str) -> str | None:
    match = ROLE.fullmatch(name)
    role = match["role"].lower() if match else ""
    if kind in {Format.KERAS, Format.KERAS_H5} or role == "kernel":
        return IN_OUT
    return OUT_IN if kind is Format.PYTORCH or name.endswith(".weight") else None


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts 10.weight after 2.weight."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
