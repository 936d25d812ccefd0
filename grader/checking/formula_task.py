"""Formulas that are asked: each a quantity of the graph, in named variables."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from grader.engine.arrays import Array
from grader.engine.cut import cut
from grader.engine.graph import Graph


@dataclass(frozen=True)
class FormulaTask:
    """What formulas are compared at.

    Attributes:
        points: per field its variables, each with the values that it takes; shape (POINTS,).
    """

    points: Mapping[str, Mapping[str, Array]]


def computed_at(graph: Graph, name: str, points: Mapping[str, Array], values: Mapping[str, Array]) -> Array:
    """A quantity as a function of its variables.

    Args:
        graph: all quantities.
        name: the quantity.
        points: values of the variables, shape (n,).
        values: given values, shape ().

    Returns:
        Shape (n,); never a warning.
    """
    found = cut(graph, name, points).evaluate({**values, **points})[name]
    return np.broadcast_to(found, np.broadcast_shapes(*(np.shape(value) for value in points.values())))
