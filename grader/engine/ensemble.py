"""Many rewritten graphs evaluated as one: mistakes are an axis, like submissions.

Most quantities have the same rule in most graphs; each distinct rule is evaluated once, for all graphs that
share it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from grader.engine.arrays import Array
from grader.engine.graph import Graph
from grader.engine.mistakes import Way, pair_ways, single_ways
from grader.engine.network import Network
from grader.engine.quantities import Quantity


@dataclass(frozen=True)
class Version:
    """One form of a quantity, and the graphs (by index) in which it has this form; None stands for all."""

    quantity: Quantity
    rows: NDArray[np.intp] | None


@dataclass(frozen=True)
class Ensemble:
    """Graphs of the same exercise, to be evaluated together.

    Attributes:
        ways: what each graph does wrong.
        versions: for every computed quantity its distinct forms, in an order that suits all graphs.
    """

    ways: tuple[Way, ...]
    versions: Mapping[str, tuple[Version, ...]]

    @classmethod
    def of(cls, ways: Sequence[Way]) -> "Ensemble":
        """Group the quantities of the graphs.

        Raises:
            graphlib.CycleError: no order suits all graphs.
        """
        forms: dict[str, dict[Quantity, list[int]]] = {}
        for row, way in enumerate(ways):
            for quantity in way.graph.computed:
                forms.setdefault(quantity.name, {}).setdefault(quantity, []).append(row)
        parents = {name: {p for form in found for p in form.parents if p in forms} for name, found in forms.items()}
        order = TopologicalSorter(parents).static_order()
        return cls(tuple(ways), {name: tuple(_versions(forms[name], len(ways))) for name in order})

    def follow(self, given: Mapping[str, Array], entered: Mapping[str, Array], n: int) -> dict[str, Array]:
        """What each graph expects from the student's own earlier values.

        Args:
            given: the given values, shape () or (n,).
            entered: per asked quantity shape (n,), nan where nothing was entered.
            n: the number of submissions.

        Returns:
            Per computed quantity shape (len(ways), n).
        """
        expected: dict[str, Array] = {}
        own: dict[str, Array] = dict(given)
        with np.errstate(all="ignore"):
            for name, versions in self.versions.items():
                value = self._evaluate(versions, own, n)
                expected[name] = value
                typed = entered.get(name)
                own[name] = value if typed is None else np.where(np.isnan(typed), value, typed)
        return expected

    def _evaluate(self, versions: tuple[Version, ...], own: Mapping[str, Array], n: int) -> Array:
        value = np.full((len(self.ways), n), np.nan)
        for version in versions:
            if version.quantity.rule is not None:
                rows = slice(None) if version.rows is None else version.rows
                parents = (_rows(own[parent], version.rows) for parent in version.quantity.parents)
                value[rows] = version.quantity.rule(*parents)
        return value


@lru_cache(maxsize=256)
def single_ensemble(network: Network, graph: Graph) -> Ensemble:
    """Every single mistake that can happen in a graph; made once, whatever values are given."""
    return Ensemble.of(single_ways(network, graph))


@lru_cache(maxsize=256)
def pair_ensemble(network: Network, graph: Graph) -> Ensemble:
    """Every two mistakes that can happen together."""
    return Ensemble.of(pair_ways(network, graph))


def _rows(values: Array, rows: NDArray[np.intp] | None) -> Array:
    """The rows of a (ways, n) array; what all ways share stays as it is."""
    return values if rows is None or values.ndim < 2 else values[rows]  # noqa: PLR2004 - ways and submissions


def _versions(found: Mapping[Quantity, list[int]], ways: int) -> Iterator[Version]:
    for quantity, rows in found.items():
        yield Version(quantity, None if len(rows) == ways else np.array(rows))
