"""Fitting a weight file to a network: layers in order, axes in either orientation, every number by its name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from grader.engine.network import Layer
from grader.judging.weights.file_layers import IN_OUT, OUT_IN, FileLayer, Orders, layers_of, orders_of
from grader.judging.weights.task import WeightsTask
from grader.messages.message import Message, figure
from grader.weightfiles.limits import RefusedFile, shown
from grader.weightfiles.read import WeightFile

CLOSE = 1e-6
"""Values that agree to this share are equal in 32-bit precision."""

MOST_READINGS = 48
"""Orders and orientations that are tried."""

MOST_NAMED = 4
"""Weights that a message about missing ones names."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A layer to be filled from the file: names by node and source, None without an edge or bias."""

    weights: tuple[tuple[str | None, ...], ...]
    biases: tuple[str | None, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of nodes and sources."""
        return len(self.weights), len(self.weights[0])


@dataclass(frozen=True, eq=False)
class FileReading:
    """One way to read a file as the weights of a network.

    Attributes:
        weights: the asked weights and biases by name.
        order: the names of the file's matrices, from the first layer to the last; empty if numbers are given by name.
        turned: those among them that are read in the other orientation than format and names suggest.
        is_open: whether nothing determines this order.
        unused: names in the file that are not weights.
    """

    weights: Mapping[str, float]
    order: tuple[str, ...] = ()
    turned: tuple[str, ...] = ()
    is_open: bool = False
    unused: tuple[str, ...] = ()


def fit(task: WeightsTask, file: WeightFile) -> Mapping[str, float]:
    """Return the asked weights and biases by name, read in the likeliest way.

    Raises:
        RefusedFile: the file does not fit the network; the message says where.
    """
    return readings(task, file)[0].weights


def readings(task: WeightsTask, file: WeightFile) -> list[FileReading]:
    """Return the ways to read a file, likeliest first: other orders of its layers, square matrices transposed.

    Raises:
        RefusedFile: there is none; the message says where the likeliest one does not fit.
    """
    named = _by_name(task, file)
    if named is not None:
        return [named]
    slots = list(_slots(task))
    sent = layers_of(file, len(slots))
    orders = _orders(slots, sent.layers)
    found: list[FileReading] = []
    problem: RefusedFile | None = None
    for order, turned in islice(_ways(task, slots, orders), MOST_READINGS):
        try:
            weights = _weights(task, slots, order, turned)
        except RefusedFile as refused:
            problem = problem or refused
        else:
            names, against = tuple(layer.name for layer in order), _against(order, turned)
            found.append(FileReading(weights, names, against, orders.is_open, sent.unused))
    if not found and problem is not None:
        raise problem
    return found


def _orders(slots: Sequence[Slot], layers: Sequence[FileLayer]) -> Orders:
    if len(layers) == len(slots):
        orders = orders_of(layers, lambda place, layer: _fits(slots[place], layer))
        if orders.tried:
            return orders
    raise RefusedFile(_misfit(slots, layers))


def _ways(
    task: WeightsTask, slots: Sequence[Slot], orders: Orders
) -> Iterator[tuple[tuple[FileLayer, ...], tuple[bool, ...]]]:
    """Yield each order with square matrices as they are likely to be; then with one of them, or all, transposed."""
    usual = [(order, _usual(task, slots, order)) for order in orders.tried]
    yield from usual
    for order, plain in usual:
        square = [k for k, slot in enumerate(slots) if slot.shape[0] == slot.shape[1] > 1]
        for some in (square, *([k] for k in square if len(square) > 1)):
            if some:
                yield order, tuple(is_turned != (k in some) for k, is_turned in enumerate(plain))


def _usual(task: WeightsTask, slots: Sequence[Slot], order: Sequence[FileLayer]) -> tuple[bool, ...]:
    """Return whether each matrix is transposed: by shape, else format and names, other matrices, or the exercise."""
    stated = _stated(task, slots, order)
    return tuple(_is_turned(slot, layer, stated) for slot, layer in zip(slots, order, strict=True))


def _against(order: Sequence[FileLayer], turned: Sequence[bool]) -> tuple[str, ...]:
    """Return the matrices in the other orientation than format and names suggest."""
    return tuple(
        layer.name
        for layer, is_turned in zip(order, turned, strict=True)
        if layer.orientation is not None and is_turned != (layer.orientation == IN_OUT) and min(layer.matrix.shape) > 1
    )


def _weights(
    task: WeightsTask, slots: Sequence[Slot], order: Sequence[FileLayer], turned: Sequence[bool]
) -> dict[str, float]:
    found: dict[str, float] = {}
    for number, (slot, layer, is_turned) in enumerate(zip(slots, order, turned, strict=True), start=1):
        matrix = layer.matrix.T if is_turned else layer.matrix
        places = [
            pair for names, row in zip(slot.weights, matrix, strict=True) for pair in zip(names, row, strict=True)
        ]
        _fill(found, places + _bias_places(slot, layer, number), task)
    return _complete(task, found)


def _by_name(task: WeightsTask, file: WeightFile) -> FileReading | None:
    """Return single numbers under the names of the exercise; None if the file is not of that kind."""
    single = {name: float(array.reshape(())) for name, array in file.arrays.items() if array.size == 1}
    known = {*task.asked, *task.fixed}
    unused = tuple(name for name in file.arrays if name not in known)
    if not known & single.keys() or any(file.arrays[name].ndim for name in unused) or len(single) < len(file.arrays):
        return None
    found: dict[str, float] = {}
    _fill(found, [(name, value) for name, value in single.items() if name in known], task)
    return FileReading(_complete(task, found), unused=unused)


def _slots(task: WeightsTask) -> Iterator[Slot]:
    sources: Sequence[str] = task.network.inputs
    for layer in task.network.layers:
        yield Slot(tuple(_row(layer, k, sources) for k in range(len(layer.nodes))), tuple(n.bias for n in layer.nodes))
        sources = [node.name for node in layer.nodes]


def _row(layer: Layer, node: int, sources: Sequence[str]) -> tuple[str | None, ...]:
    by_source = {edge.source: edge.weight for edge in layer.nodes[node].edges}
    return tuple(by_source.get(source) for source in sources)


def _misfit(slots: Sequence[Slot], layers: Sequence[FileLayer]) -> Message:
    wanted = tuple(Message("fit.shape", rows=slot.shape[0], columns=slot.shape[1]) for slot in slots)
    if not layers:
        return Message("fit.no-matrices", wanted=wanted)
    given = tuple(
        Message("fit.named-shape", name=shown(layer.name), rows=layer.matrix.shape[0], columns=layer.matrix.shape[1])
        for layer in layers
    )
    return Message("fit.shapes", wanted=wanted, given=given)


def _fits(slot: Slot, layer: FileLayer) -> bool:
    return layer.matrix.shape in {slot.shape, slot.shape[::-1]}


def _stated(task: WeightsTask, slots: Sequence[Slot], layers: Sequence[FileLayer]) -> str:
    """Return the order of axes if format and name do not tell: that of non-square layers, else the exercise's."""
    seen = {
        OUT_IN if layer.matrix.shape == slot.shape else IN_OUT
        for slot, layer in zip(slots, layers, strict=True)
        if slot.shape[0] != slot.shape[1]
    }
    return seen.pop() if len(seen) == 1 else task.orientation


def _is_turned(slot: Slot, layer: FileLayer, stated: str) -> bool:
    if slot.shape[0] != slot.shape[1]:
        return layer.matrix.shape != slot.shape
    return (layer.orientation or stated) == IN_OUT


def _bias_places(slot: Slot, layer: FileLayer, number: int) -> list[tuple[str | None, float]]:
    if layer.biases is None:
        return []
    if len(layer.biases) == 1 and len(set(slot.biases)) == 1:
        return [(slot.biases[0], layer.biases[0])]
    if len(layer.biases) != len(slot.biases):
        raise RefusedFile(Message("fit.biases", layer=number, nodes=len(slot.biases), biases=len(layer.biases)))
    return list(zip(slot.biases, layer.biases, strict=True))


def _fill(found: dict[str, float], places: Sequence[tuple[str | None, float]], task: WeightsTask) -> None:
    """Assign numbers to their names; numbers without an edge or bias, shared or given ones must agree."""
    for name, value in places:
        expected = 0.0 if name is None else found.get(name, task.fixed.get(name))
        if expected is not None and not np.isclose(value, expected, rtol=CLOSE, atol=CLOSE):
            raise RefusedFile(_disagreement(name, value, expected, task.fixed))
        if name is not None and expected is None:
            found[name] = float(value)


def _disagreement(name: str | None, value: float, expected: float, fixed: Mapping[str, float]) -> Message:
    if name is None:
        return Message("fit.no-connection", value=figure(value))
    if name in fixed:
        return Message("fit.given", name=name, wanted=figure(expected), value=figure(value))
    return Message("fit.shared", name=name, one=figure(expected), other=figure(value))


def _complete(task: WeightsTask, found: Mapping[str, float]) -> dict[str, float]:
    lacking = [name for name in task.asked if name not in found]
    if len(lacking) > MOST_NAMED:
        raise RefusedFile(Message("fit.lacking-more", names=tuple(lacking[:MOST_NAMED])))
    if lacking:
        raise RefusedFile(Message("fit.lacking", names=tuple(lacking)))
    return {name: found[name] for name in task.asked}
