"""The decision regions of weights, for networks with two inputs: one per output, as SVG and in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from grader.engine.names import Array
from grader.engine.network import Node
from grader.judging.exercise import Exercise
from grader.judging.report import Report
from grader.judging.weights.task import Data, WeightsTask

SIDE = 240.0
"""Of the picture, in its own units."""

GRID = 97
PLACES = 5
MOST_OUTPUTS = 4
MOST_POINTS = 300
PADDING = 0.2
INPUTS, LEVELS = 2, 2

ON_THE_LINE = 1e-12
"""Moves nets of exactly 0 to the side to which they belong."""


@dataclass(frozen=True, slots=True)
class Point:
    """One row of the data: its position, and whether its target is the higher one."""

    x: float
    y: float
    is_high: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One output.

    Attributes:
        output: the quantity.
        low: the lower value of the targets.
        high: the higher value.
        path: SVG path of the region in which the output is nearer to the higher one.
        points: the rows, if they are shown.
        share: of the picture covered by the region.
        table: for a few heights, from the top, whether places from left to right belong to the region.
    """

    output: str
    low: float
    high: float
    path: str
    points: tuple[Point, ...]
    share: float
    table: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """The picture: names of the two inputs, their ranges, a panel per output."""

    inputs: tuple[str, str]
    across: tuple[float, float]
    up: tuple[float, float]
    panels: tuple[Panel, ...]

    def across_at(self, place: int) -> float:
        """Return the first input at a column of the table."""
        return float(np.linspace(*self.across, PLACES)[place])

    def up_at(self, place: int) -> float:
        """Return the second input at a row of the table, counted from the top."""
        return float(np.linspace(*self.up, PLACES)[PLACES - 1 - place])


def region_of(exercise: Exercise, report: Report | None) -> Region | None:
    """Return the picture of the evaluated weights; None without weights, or without two sides to distinguish."""
    task = next((part.task for part in exercise.parts if isinstance(part.task, WeightsTask)), None)
    if task is None or report is None or report.trained is None or len(task.network.inputs) != INPUTS:
        return None
    first, second = task.network.inputs
    across, up = _range(task.data.inputs[first]), _range(task.data.inputs[second])
    plane = _plane(task, report.trained.weights, across, up)
    panels = tuple(_panels(task, plane, across, up))
    return Region((first, second), across, up, panels) if panels else None


def _range(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    pad = PADDING * ((high - low) or 1.0)
    return low - pad, high + pad


def _plane(
    task: WeightsTask, weights: Mapping[str, float], across: tuple[float, float], up: tuple[float, float]
) -> dict[str, Array]:
    """Evaluate every quantity on a grid, shape (GRID, GRID), from the bottom."""
    x, y = np.meshgrid(np.linspace(*across, GRID), np.linspace(*up, GRID))
    first, second = task.network.inputs
    given = {name: np.asarray(value) for name, value in {**task.fixed, **weights}.items()}
    values = task.graph.evaluate({**given, first: x.ravel(), second: y.ravel()})
    return {name: np.broadcast_to(value, (GRID * GRID,)).reshape(GRID, GRID) for name, value in values.items()}


def _panels(
    task: WeightsTask, plane: Mapping[str, Array], across: tuple[float, float], up: tuple[float, float]
) -> Iterator[Panel]:
    for node, (output, targets) in list(zip(task.network.outputs, task.data.targets.items(), strict=True))[
        :MOST_OUTPUTS
    ]:
        levels = np.unique(targets)
        if len(levels) != LEVELS:
            continue
        heights = _heights(task, node, plane, float(levels.mean()))
        places = np.linspace(0, GRID - 1, PLACES).astype(int)
        inside = heights[np.ix_(places[::-1], places)] >= 0
        yield Panel(
            output=output,
            low=float(levels[0]),
            high=float(levels[1]),
            path=_path(heights),
            points=() if task.data.hidden else tuple(_points(task.data, targets > levels.mean(), across, up)),
            share=float((heights >= 0).mean()),
            table=tuple(tuple(bool(one) for one in row) for row in inside),
        )


def _heights(task: WeightsTask, node: Node, plane: Mapping[str, Array], middle: float) -> Array:
    """Return values above 0 where the output is nearer to the higher target; for threshold units the net."""
    if node.name in task.thresholds:
        heights = plane[task.network.naming.net(node.name)] + ON_THE_LINE
    else:
        heights = plane[task.network.naming.out(node.name)] - middle
    return np.asarray(np.nan_to_num(heights, nan=-1.0))


def _path(heights: Array) -> str:
    """Return the region of non-negative heights, including holes, for fill-rule evenodd."""
    places = np.linspace(0.0, SIDE, GRID)
    scale = float(np.abs(heights).max()) or 1.0
    generator = contour_generator(places, SIDE - places, heights / scale, fill_type=FillType.OuterOffset)
    polygons, offsets = cast("tuple[list[Array], list[NDArray[np.uint32]]]", generator.filled(0.0, np.inf))
    return "".join(
        _ring(polygon[start:stop])
        for polygon, starts in zip(polygons, offsets, strict=True)
        for start, stop in pairwise(starts.tolist())
    )


def _ring(corners: Array) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners[:-1]) + "Z"


def _points(
    data: Data, high: Sequence[bool] | Array, across: tuple[float, float], up: tuple[float, float]
) -> Iterator[Point]:
    first, second = data.inputs.values()
    for x, y, is_high in list(zip(first, second, high, strict=True))[:MOST_POINTS]:
        yield Point(
            round(SIDE * float(x - across[0]) / (across[1] - across[0]), 1),
            round(SIDE - SIDE * float(y - up[0]) / (up[1] - up[0]), 1),
            bool(is_high),
        )
