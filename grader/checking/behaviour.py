"""What weights do on every row: the loss, which rows are right, how far the nearest row is from the wrong side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.checking.weights import WeightsTask
from grader.engine.activations import ACTIVATIONS
from grader.engine.arrays import Array
from grader.engine.losses import LOSSES
from grader.engine.network import Node


@dataclass(frozen=True, eq=False)
class Behaviour:
    """What weights do.

    Attributes:
        values: every quantity of the forward pass, shape (rows,).
        losses: per row; None where the network has no loss.
        right: per row.
        distances: per row, from the wrong side; negative beyond it. None where only the loss is asked for.
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
        """The least distance; None where there is none, or nothing that could be crossed."""
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
    """How far each output is off its target, shape (outputs, rows)."""
    return np.stack([np.abs(values[name] - target) for name, target in task.data.targets.items()])


def _from_width(task: WeightsTask, values: Mapping[str, Array]) -> Array:
    """Of threshold outputs the nets tell the distance, of others what is left of the tolerance; the least of them."""
    distances = (task.demands.within or 0.0) - _off(task, values)
    for k, (node, target) in enumerate(zip(task.network.outputs, task.data.targets.values(), strict=True)):
        if node.name in task.thresholds:
            activation = ACTIVATIONS[task.network.layers[-1].function(node)]
            side = np.where(target > (activation.low + activation.high) / 2, 1.0, -1.0)
            distances[k] = side * _relative_net(task, values, node)
    return np.asarray(distances.min(axis=0))


def _from_side(task: WeightsTask, values: Mapping[str, Array]) -> Array:
    """How far each row is on the right side: of the largest output, or of the middle between two targets."""
    targets = np.stack(list(task.data.targets.values()))
    outs = np.stack([values[name] for name in task.data.targets])
    if len(targets) > 1 and ((targets == targets.max(axis=0)).sum(axis=0) == 1).all():
        wanted = targets.argmax(axis=0)[None, :]
        others = outs.copy()
        np.put_along_axis(others, wanted, -np.inf, axis=0)
        return np.asarray(np.take_along_axis(outs, wanted, axis=0)[0] - others.max(axis=0))
    return np.asarray(np.stack([_beside(out, target) for out, target in zip(outs, targets, strict=True)]).min(axis=0))


def _beside(out: Array, target: Array) -> Array:
    """How far an output is from the nearer middle between its target and another value that targets have."""
    levels, place = np.unique(target, return_inverse=True)
    middles = np.concatenate([[-np.inf], (levels[1:] + levels[:-1]) / 2, [np.inf]])
    return np.asarray(np.minimum(out - middles[place], middles[place + 1] - out))


def _with_hidden(task: WeightsTask, values: Mapping[str, Array], distances: Array) -> Array:
    """A threshold unit inside the network that is about to turn over makes a row just as uncertain."""
    for node in _hidden_thresholds(task):
        distances = np.minimum(distances, np.abs(_relative_net(task, values, node)))
    return distances


def _hidden_thresholds(task: WeightsTask) -> Iterator[Node]:
    return (node for layer in task.network.layers[:-1] for node in layer.nodes if node.name in task.thresholds)


def _relative_net(task: WeightsTask, values: Mapping[str, Array], node: Node) -> Array:
    """The distance of the row from the node's line: its net by the length of its weights; inf where no line is."""
    net = values[task.network.naming.net(node.name)]
    length = np.sqrt(sum(values[edge.weight] ** 2 for edge in node.edges))
    apart = np.where(length > 0, net / np.where(length > 0, length, 1.0), np.copysign(np.inf, net))
    return np.where(net == 0, 0.0, apart)


def _finite(value: np.floating) -> float | None:
    return float(value) if np.isfinite(value) else None
