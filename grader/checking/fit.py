"""Fitting a file of weights to a network: layers in order, axes either way round, every number by its name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checking.file_layers import IN_OUT, OUT_IN, FileLayer, layers_of
from grader.checking.weights import WeightsTask
from grader.engine.arrays import Array
from grader.engine.network import Layer
from grader.sayings.saying import Saying, figure
from grader.weightfiles.read import WeightFile
from grader.weightfiles.refused import RefusedFile

CLOSE = 1e-6
"""A value that a 32-bit float holds is the same value to this share."""

MOST_NAMED = 4
"""Weights that are enough to see what is lacking."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A layer as the file has to fill it: names by node and source, None where there is no edge or bias."""

    weights: tuple[tuple[str | None, ...], ...]
    biases: tuple[str | None, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Nodes and sources."""
        return len(self.weights), len(self.weights[0])


def fit(task: WeightsTask, file: WeightFile) -> dict[str, float]:
    """The asked weights and biases by name.

    Raises:
        RefusedFile: the file does not fit the network; the sentence says where.
    """
    named = _by_name(task, file)
    if named is not None:
        return named
    slots = list(_slots(task))
    layers = _in_order(slots, layers_of(file))
    stated = _stated(task, slots, layers)
    found: dict[str, float] = {}
    for number, (slot, layer) in enumerate(zip(slots, layers, strict=True), start=1):
        matrix = _turned(slot, layer, stated)
        places = [
            pair for names, row in zip(slot.weights, matrix, strict=True) for pair in zip(names, row, strict=True)
        ]
        _fill(found, places + _bias_places(slot, layer, number), task)
    return _complete(task, found)


def _by_name(task: WeightsTask, file: WeightFile) -> dict[str, float] | None:
    """Single numbers under the names that the exercise uses; None where the file is none of that kind."""
    known = {*task.asked, *task.fixed}
    if not known.issuperset(file.arrays) or any(array.size != 1 for array in file.arrays.values()):
        return None
    found: dict[str, float] = {}
    _fill(found, [(name, float(array.reshape(()))) for name, array in file.arrays.items()], task)
    return _complete(task, found)


def _slots(task: WeightsTask) -> Iterator[Slot]:
    sources: Sequence[str] = task.network.inputs
    for layer in task.network.layers:
        yield Slot(tuple(_row(layer, k, sources) for k in range(len(layer.nodes))), tuple(n.bias for n in layer.nodes))
        sources = [node.name for node in layer.nodes]


def _row(layer: Layer, node: int, sources: Sequence[str]) -> tuple[str | None, ...]:
    by_source = {edge.source: edge.weight for edge in layer.nodes[node].edges}
    return tuple(by_source.get(source) for source in sources)


def _in_order(slots: Sequence[Slot], layers: list[FileLayer]) -> list[FileLayer]:
    """The file's layers in the network's order: as they stand, or as their shapes tell where only one way fits."""
    wanted, given = (_shapes(slot.shape for slot in slots), _shapes(layer.matrix.shape for layer in layers))
    if len(layers) == len(slots):
        if all(_fits(slot, layer) for slot, layer in zip(slots, layers, strict=True)):
            return layers
        candidates = [[layer for layer in layers if _fits(slot, layer)] for slot in slots]
        if all(len(found) == 1 for found in candidates) and len({found[0].name for found in candidates}) == len(slots):
            return [found[0] for found in candidates]
    raise RefusedFile(_misfit(wanted, given))


def _misfit(wanted: tuple[Saying, ...], given: tuple[Saying, ...]) -> Saying:
    return Saying("fit.shapes", wanted=wanted, given=given) if given else Saying("fit.no-matrices", wanted=wanted)


def _shapes(shapes: Iterable[tuple[int, ...]]) -> tuple[Saying, ...]:
    return tuple(Saying("fit.shape", rows=rows, columns=columns) for rows, columns in shapes)


def _fits(slot: Slot, layer: FileLayer) -> bool:
    return layer.matrix.shape in {slot.shape, slot.shape[::-1]}


def _stated(task: WeightsTask, slots: Sequence[Slot], layers: Sequence[FileLayer]) -> str:
    """The order of axes where neither format nor name tells: that of the layers that aren't square, else the exercise's."""
    seen = {
        OUT_IN if layer.matrix.shape == slot.shape else IN_OUT
        for slot, layer in zip(slots, layers, strict=True)
        if slot.shape[0] != slot.shape[1]
    }
    return seen.pop() if len(seen) == 1 else task.orientation


def _turned(slot: Slot, layer: FileLayer, stated: str) -> Array:
    """The matrix as nodes by sources."""
    if slot.shape[0] != slot.shape[1]:
        return layer.matrix if layer.matrix.shape == slot.shape else layer.matrix.T
    return layer.matrix if (layer.orientation or stated) == OUT_IN else layer.matrix.T


def _bias_places(slot: Slot, layer: FileLayer, number: int) -> list[tuple[str | None, float]]:
    if layer.biases is None:
        return []
    if len(layer.biases) != len(slot.biases):
        raise RefusedFile(Saying("fit.biases", layer=number, nodes=len(slot.biases), biases=len(layer.biases)))
    return list(zip(slot.biases, layer.biases, strict=True))


def _fill(found: dict[str, float], places: Sequence[tuple[str | None, float]], task: WeightsTask) -> None:
    """Put numbers under their names; where there is no edge or bias, where one is shared or given, they must agree."""
    for name, value in places:
        expected = 0.0 if name is None else found.get(name, task.fixed.get(name))
        if expected is not None and not np.isclose(value, expected, rtol=CLOSE, atol=CLOSE):
            raise RefusedFile(_disagreement(name, value, expected, task.fixed))
        if name is not None and expected is None:
            found[name] = float(value)


def _disagreement(name: str | None, value: float, expected: float, fixed: Mapping[str, float]) -> Saying:
    if name is None:
        return Saying("fit.no-connection", value=figure(value))
    if name in fixed:
        return Saying("fit.given", name=name, wanted=figure(expected), value=figure(value))
    return Saying("fit.shared", name=name, one=figure(expected), other=figure(value))


def _complete(task: WeightsTask, found: Mapping[str, float]) -> dict[str, float]:
    lacking = [name for name in task.asked if name not in found]
    if len(lacking) > MOST_NAMED:
        raise RefusedFile(Saying("fit.lacking-more", names=tuple(lacking[:MOST_NAMED])))
    if lacking:
        raise RefusedFile(Saying("fit.lacking", names=tuple(lacking)))
    return {name: found[name] for name in task.asked}
