"""Whether other given values still exercise what the printed ones do: derivatives and updates that are not 0."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from grader.checking.exercise import Exercise
from grader.engine.arrays import Array
from grader.engine.quantities import Kind, Quantity

DERIVATIVES = frozenset({Kind.ERROR_SLOPE, Kind.SLOPE, Kind.DELTA, Kind.GRADIENT, Kind.UPDATE})

NOISE = 1e-9
"""Smaller than this share of the printed derivative or change, a value is 0 but for rounding."""


def lively(exercise: Exercise, values: Mapping[str, Array], n: int) -> NDArray[np.bool_]:
    """Return where no derivative or update is 0 that is not 0 with the printed values.

    Only what the asked fields depend on counts. The weight of an epoch is updated row after row: there one row that
    changes it is enough, whichever it is.

    Args:
        exercise: with its printed values.
        values: every quantity of the graph, shape () or (n,).
        n: the number of variants.

    Returns:
        Shape (n,).
    """
    printed: dict[tuple[Kind, str], float] = {}
    found: dict[tuple[Kind, str], Array] = {}
    for quantity in exercise.graph.needed_for(exercise.asked).computed:
        if quantity.kind in DERIVATIVES:
            key = (quantity.kind, quantity.at)
            printed[key] = max(printed.get(key, 0.0), float(_size(quantity, exercise.reference)))
            found[key] = np.maximum(found.get(key, np.zeros(n)), _size(quantity, values))
    good = np.ones(n, dtype=bool)
    for key, size in printed.items():
        good &= (found[key] > NOISE * size) | (size == 0.0)
    return good


def _size(quantity: Quantity, values: Mapping[str, Array]) -> Array:
    """How large a derivative is, or how far an update moves its weight."""
    before = values[quantity.parents[0]] if quantity.kind is Kind.UPDATE else 0.0
    return np.abs(values[quantity.name] - before)
