"""Trained weights: judged by what they do on every row, never by equality with one solution."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from grader.engine.arrays import Array
from grader.engine.graph import Graph


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the data: a value per input node, a target per output quantity."""

    inputs: Mapping[str, float]
    targets: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class WeightsTask:
    """What trained weights have to do.

    Attributes:
        graph: the forward pass.
        fixed: given values that are not asked.
        rows: the data.
        nets: names of the output nodes' net inputs, in the order of the targets.
        tolerance: how far an output may be off its target; 0 for threshold units.
    """

    graph: Graph
    fixed: Mapping[str, float]
    rows: tuple[Row, ...]
    nets: tuple[str, ...]
    tolerance: float


@dataclass(frozen=True, slots=True)
class RowReport:
    """What one row gave.

    Attributes:
        inputs: the row.
        nets: net input of each output node.
        outputs: what came out, by quantity.
        targets: what should have come out.
        right: whether every output agrees.
    """

    inputs: Mapping[str, float]
    nets: Mapping[str, float]
    outputs: Mapping[str, float]
    targets: Mapping[str, float]
    right: bool


def try_weights(task: WeightsTask, weights: Mapping[str, float]) -> tuple[RowReport, ...]:
    """Run every row of the data through the network with the weights that were sent."""
    columns: dict[str, Array] = {name: np.asarray(value) for name, value in {**task.fixed, **weights}.items()}
    for name in task.rows[0].inputs:
        columns[name] = np.array([row.inputs[name] for row in task.rows])
    values = task.graph.evaluate(columns)
    return tuple(
        _report(task, row, {n: v[k] for n, v in values.items() if np.ndim(v)}) for k, row in enumerate(task.rows)
    )


def _report(task: WeightsTask, row: Row, values: Mapping[str, float]) -> RowReport:
    outputs = {name: _told(values[name]) for name in row.targets}
    nets = {name: _told(values[name]) for name in task.nets}
    has_values = not any(np.isnan(value) for value in values.values())
    right = has_values and all(abs(outputs[name] - target) <= task.tolerance for name, target in row.targets.items())
    return RowReport(row.inputs, nets, outputs, row.targets, right)


def _told(value: float) -> float:
    """What JSON can hold: what has overflowed, or has no value at all, stands at the ends of float64."""
    return float(np.nan_to_num(value, nan=np.finfo(np.float64).max))
