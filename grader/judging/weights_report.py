"""The report of trained weights: rows of the data, and the behaviour behind wrong ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from grader.engine.activations import ACTIVATIONS
from grader.engine.names import Array
from grader.engine.network import LOSSES, Node
from grader.judging.weights.task import WeightsTask
from grader.messages.language import Language
from grader.messages.message import Message, figure, in_language, to_json


@dataclass(frozen=True, eq=False)
class Behaviour:
    """The behaviour of weights.

    Attributes:
        values: every quantity of the forward pass, shape (rows,).
        losses: for each row; None if the network has no loss.
        right: for each row.
        distances: for each row, from being wrong; negative on the wrong side. None if only the loss is required.
    """

    values: Mapping[str, Array]
    losses: Array | None
    right: NDArray[np.bool_]
    distances: Array | None

    @property
    def loss(self) -> float | None:
        """The mean over the rows."""
        return None if self.losses is None else _finite(self.losses.mean())

    @property
    def margin(self) -> float | None:
        """The least distance; None if there is none, or nothing to cross."""
        return None if self.distances is None else _finite(self.distances.min() + 0.0)


def behave(task: WeightsTask, weights: Mapping[str, float]) -> Behaviour:
    """Run every row through the network; never raises, whatever the weights are."""
    with np.errstate(all="ignore"):
        values = task.run(weights)
        losses = _losses(task, values)
        has_values = np.asarray(~np.isnan(np.stack(list(values.values()))).any(axis=0), dtype=bool)
        if task.is_judged_by_loss and losses is not None:
            below = losses < (task.demands.loss_below or 0.0)
            return Behaviour(values, losses, has_values & below, None)
        if not task.has_width:
            distances = _from_side(task, values)
            return Behaviour(values, losses, has_values & (distances > 0), _with_hidden(task, values, distances))
        right = has_values & (_off(task, values) <= (task.demands.within or 0.0)).all(axis=0)
        return Behaviour(values, losses, right, _with_hidden(task, values, _from_width(task, values)))


def _losses(task: WeightsTask, values: Mapping[str, Array]) -> Array | None:
    if task.network.loss is None:
        return None
    loss = LOSSES[task.network.loss]
    errors = np.stack([loss.error(target, values[name]) for name, target in task.data.targets.items()])
    return np.asarray(errors.mean(axis=0) if loss.mean else errors.sum(axis=0))


def _off(task: WeightsTask, values: Mapping[str, Array]) -> Array:
    """Return the distance of each output from its target, shape (outputs, rows)."""
    return np.stack([np.abs(values[name] - target) for name, target in task.data.targets.items()])


def _from_width(task: WeightsTask, values: Mapping[str, Array]) -> Array:
    """Return the least distance from being wrong: by the nets of threshold outputs, by what is left of a tolerance."""
    distances = (task.demands.within or 0.0) - _off(task, values)
    for k, (node, target) in enumerate(zip(task.network.outputs, task.data.targets.values(), strict=True)):
        if node.name in task.thresholds:
            activation = ACTIVATIONS[task.network.layers[-1].function(node)]
            side = np.where(target > (activation.low + activation.high) / 2, 1.0, -1.0)
            distances[k] = side * _relative_net(task, values, node)
    return np.asarray(distances.min(axis=0))


def _from_side(task: WeightsTask, values: Mapping[str, Array]) -> Array:
    """Return how far each row is on the correct side: of the largest output, or of the middle between two targets."""
    targets = np.stack(list(task.data.targets.values()))
    outs = np.stack([values[name] for name in task.data.targets])
    if len(targets) > 1 and ((targets == targets.max(axis=0)).sum(axis=0) == 1).all():
        wanted = targets.argmax(axis=0)[None, :]
        others = outs.copy()
        np.put_along_axis(others, wanted, -np.inf, axis=0)
        return np.asarray(np.take_along_axis(outs, wanted, axis=0)[0] - others.max(axis=0))
    return np.asarray(np.stack([_beside(out, target) for out, target in zip(outs, targets, strict=True)]).min(axis=0))


def _beside(out: Array, target: Array) -> Array:
    """Return the distance of an output from the nearer middle between its target and another target value."""
    levels, place = np.unique(target, return_inverse=True)
    middles = np.concatenate([[-np.inf], (levels[1:] + levels[:-1]) / 2, [np.inf]])
    return np.asarray(np.minimum(out - middles[place], middles[place + 1] - out))


def _with_hidden(task: WeightsTask, values: Mapping[str, Array], distances: Array) -> Array:
    """Include threshold units inside the network: one that is about to flip makes a row just as uncertain."""
    for node in _hidden_thresholds(task):
        distances = np.minimum(distances, np.abs(_relative_net(task, values, node)))
    return distances


def _hidden_thresholds(task: WeightsTask) -> Iterator[Node]:
    return (node for layer in task.network.layers[:-1] for node in layer.nodes if node.name in task.thresholds)


def _relative_net(task: WeightsTask, values: Mapping[str, Array], node: Node) -> Array:
    """Return the distance of the row from the node's line: net divided by the norm of its weights; inf without one."""
    net = values[task.network.naming.net(node.name)]
    length = np.sqrt(sum(values[edge.weight] ** 2 for edge in node.edges))
    apart = np.where(length > 0, net / np.where(length > 0, length, 1.0), np.copysign(np.inf, net))
    return np.where(net == 0, 0.0, apart)


def _finite(value: np.floating) -> float | None:
    return float(value) if np.isfinite(value) else None


MOST_ROWS = 200
"""The most rows that a report lists."""

MOST_NAMED = 4
"""The most rows, or weights, that one sentence names."""

MORE = "…"
"""Stands for the others."""


@dataclass(frozen=True, slots=True)
class RowReport:
    """The result of one row.

    Attributes:
        inputs: the row.
        nets: net input of each output node.
        outputs: by quantity.
        targets: by quantity.
        right: whether every output is correct.
    """

    inputs: Mapping[str, float]
    nets: Mapping[str, float]
    outputs: Mapping[str, float]
    targets: Mapping[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class TrainedReport:
    """The overall result of the weights.

    Attributes:
        rows: their number; `right` of them are correct, which is the share `accuracy`.
        accuracy_wanted: the required share, if any.
        loss: the mean over the rows; None if the network has none, or it is not finite.
        loss_bound: its upper bound, if any.
        margin: the distance of the nearest row from being wrong; negative on the wrong side. For threshold units the
            net divided by the norm of the weights, else the distance of the output from the decision boundary.
        hidden: whether students may not see the rows; they are then not listed.
        broken: a sentence for each violated constraint.
        weights: as evaluated, by name.
        source: `fields`, or the format of the file.
    """

    rows: int
    right: int
    accuracy: float
    accuracy_wanted: float | None
    loss: float | None
    loss_bound: float | None
    margin: float | None
    hidden: bool
    broken: tuple[str, ...]
    weights: Mapping[str, float]
    source: str = "fields"

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**plain, "broken": [to_json(sentence) for sentence in self.broken], "weights": dict(self.weights)}

    def in_language(self, language: Language) -> Self:
        """Return the same in a language."""
        return replace(self, broken=tuple(in_language(sentence, language) for sentence in self.broken))


@dataclass(frozen=True, slots=True)
class TriedWeights:
    """The result of evaluating weights; `notes` say what is wrong."""

    right: bool
    report: TrainedReport
    rows: tuple[RowReport, ...]
    notes: tuple[str, ...]


def try_weights(task: WeightsTask, weights: Mapping[str, float], source: str = "fields") -> TriedWeights:
    """Run every row of the data through the network with the submitted weights, and check the requirements."""
    behaviour = behave(task, weights)
    broken = tuple(_broken(task, weights))
    notes = (*broken, *_shortfalls(task, behaviour))
    demands, right = task.demands, int(behaviour.right.sum())
    report = TrainedReport(
        rows=len(task.data),
        right=right,
        accuracy=right / len(task.data),
        accuracy_wanted=demands.accuracy,
        loss=behaviour.loss,
        loss_bound=demands.loss_below,
        margin=behaviour.margin,
        hidden=task.data.hidden,
        broken=broken,
        weights=dict(weights),
        source=source,
    )
    return TriedWeights(not notes, report, () if task.data.hidden else tuple(_rows(task, behaviour)), notes)


def _broken(task: WeightsTask, weights: Mapping[str, float]) -> Iterator[Message]:
    if task.demands.bounds is not None:
        low, high = task.demands.bounds
        outside = {name: value for name, value in weights.items() if not low <= value <= high}
        if outside:
            yield Message("weights.bounds", low=low, high=high, outside=_listed(outside))
    if task.demands.integers:
        broken = {name: value for name, value in weights.items() if value != np.round(value)}
        if broken:
            yield Message("weights.integers", broken=_listed(broken))


def _shortfalls(task: WeightsTask, behaviour: Behaviour) -> Iterator[Message]:
    demands, right, rows = task.demands, int(behaviour.right.sum()), len(task.data)
    if any(np.isnan(value).any() for value in behaviour.values.values()):
        yield Message("weights.overflow")
    if demands.accuracy is not None and right < demands.accuracy * rows:
        yield _too_few(task, right, demands.accuracy)
    if demands.accuracy is None and not task.is_judged_by_loss and right < rows:
        yield _wrong_rows(task, behaviour)
    if demands.loss_below is not None and not (behaviour.loss is not None and behaviour.loss < demands.loss_below):
        yield _too_high(behaviour.loss, demands.loss_below, rows)


def _too_few(task: WeightsTask, right: int, wanted: float) -> Message:
    rows = len(task.data)
    share = round(right / rows, 9)
    if task.data.hidden:
        return Message("weights.accuracy-hidden", right=right, rows=rows, share=share, wanted=wanted)
    return Message("weights.accuracy", right=right, rows=rows, share=share, wanted=wanted)


def _too_high(loss: float | None, bound: float, rows: int) -> Message:
    if rows == 1:
        return (
            Message("weights.loss-beyond", bound=bound)
            if loss is None
            else Message("weights.loss", loss=figure(loss), bound=bound)
        )
    if loss is None:
        return Message("weights.mean-loss-beyond", rows=rows, bound=bound)
    return Message("weights.mean-loss", rows=rows, loss=figure(loss), bound=bound)


def _wrong_rows(task: WeightsTask, behaviour: Behaviour) -> Message:
    wrong = np.flatnonzero(~behaviour.right)
    if task.data.hidden:
        return Message("weights.wrong-hidden", wrong=len(wrong), rows=len(task.data))
    examples = tuple(_row(task, behaviour, k) for k in wrong[:MOST_NAMED].tolist())
    more = (MORE,) if len(wrong) > MOST_NAMED else ()
    return Message("weights.wrong", wrong=len(wrong), rows=len(task.data), examples=(*examples, *more))


def _row(task: WeightsTask, behaviour: Behaviour, k: int) -> Message:
    outputs = tuple(
        Message("weights.output", name=name, given=figure(behaviour.values[name][k]), wanted=figure(target[k]))
        for name, target in task.data.targets.items()
    )
    return Message(
        "weights.row", inputs=tuple(figure(values[k]) for values in task.data.inputs.values()), outputs=outputs
    )


def _listed(values: Mapping[str, float]) -> tuple[str, ...]:
    """Return the first of them, and a mark for the rest."""
    named = [Message("value", name=name, value=figure(value)) for name, value in values.items()]
    return (*named[:MOST_NAMED], MORE) if len(named) > MOST_NAMED else tuple(named)


def _rows(task: WeightsTask, behaviour: Behaviour) -> Iterator[RowReport]:
    nets = tuple(task.network.naming.net(node.name) for node in task.network.outputs)
    for k in range(min(len(task.data), MOST_ROWS)):
        yield RowReport(
            inputs={name: float(values[k]) for name, values in task.data.inputs.items()},
            nets={name: _told(behaviour.values[name][k]) for name in nets},
            outputs={name: _told(behaviour.values[name][k]) for name in task.data.targets},
            targets={name: float(values[k]) for name, values in task.data.targets.items()},
            right=bool(behaviour.right[k]),
        )


def _told(value: float) -> float:
    """Return a value that JSON can hold: overflow and undefined values become the limits of float64."""
    return float(np.nan_to_num(value, nan=np.finfo(np.float64).max))
