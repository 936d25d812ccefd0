"""Many rewritten graphs evaluated together: mistakes are an axis, like submissions.

Most quantities have the same rule in most graphs; each distinct rule is evaluated once, for all graphs that share it.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from grader.engine.graph import Graph
from grader.engine.mistakes import MistakeRewrite, pair_ways, single_ways
from grader.engine.names import Array
from grader.engine.network import Network
from grader.engine.notation import Quantity


@dataclass(frozen=True)
class Version:
    """One form of a quantity, and the indices of the graphs with this form; None stands for all."""

    quantity: Quantity
    rows: NDArray[np.intp] | None


@dataclass(frozen=True)
class Ensemble:
    """Graphs of the same exercise, to be evaluated together.

    Attributes:
        ways: the wrong procedure of each graph.
        versions: the distinct forms of every computed quantity, in an order that is topological for all graphs.
    """

    ways: tuple[MistakeRewrite, ...]
    versions: Mapping[str, tuple[Version, ...]]

    @classmethod
    def of(cls, ways: Sequence[MistakeRewrite]) -> "Ensemble":
        """Group the quantities of the graphs.

        Raises:
            graphlib.CycleError: no order is topological for all graphs.
        """
        forms: dict[str, dict[Quantity, list[int]]] = {}
        for row, way in enumerate(ways):
            for quantity in way.graph.computed:
                forms.setdefault(quantity.name, {}).setdefault(quantity, []).append(row)
        parents = {name: {p for form in found for p in form.parents if p in forms} for name, found in forms.items()}
        order = TopologicalSorter(parents).static_order()
        return cls(tuple(ways), {name: tuple(_versions(forms[name], len(ways))) for name in order})

    def follow(
        self, given: Mapping[str, Array], entered: Mapping[str, Array], n: int, wanted: Iterable[str]
    ) -> dict[str, Array]:
        """Return what each graph expects from the student's own earlier values.

        Args:
            given: the given values, shape () or (n,).
            entered: for each asked quantity shape (n,), nan where nothing was entered.
            n: the number of submissions.
            wanted: the quantities to expect; others are evaluated only if these need them.

        Returns:
            For each evaluated quantity shape (len(ways), n).
        """
        complete = {name for name, typed in entered.items() if not np.isnan(typed).any()}
        needed = self._needed(wanted, complete)
        expected: dict[str, Array] = {}
        own: dict[str, Array] = {**given, **{name: entered[name] for name in complete}}
        with np.errstate(all="ignore"):
            for name, versions in self.versions.items():
                if name not in needed:
                    continue
                expected[name] = self._evaluate(versions, own, n)
                if name not in complete:
                    typed = entered.get(name)
                    own[name] = expected[name] if typed is None else np.where(np.isnan(typed), expected[name], typed)
        return expected

    def _needed(self, wanted: Iterable[str], complete: Container[str]) -> set[str]:
        """Return the wanted quantities, and their dependencies as far as not every submission entered them."""
        needed: set[str] = set()
        waiting = [name for name in wanted if name in self.versions]
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting.extend(p for p in self.parents[name] if p not in complete and p in self.versions)
        return needed

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the mistakes, in order."""
        return tuple(way.id for way in self.ways)

    @cached_property
    def parents(self) -> Mapping[str, frozenset[str]]:
        """The dependencies of each quantity in any of the graphs."""
        return {
            name: frozenset(parent for version in versions for parent in version.quantity.parents)
            for name, versions in self.versions.items()
        }

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
    """Return every possible single mistake in a graph; cached, because it does not depend on given values."""
    return Ensemble.of(single_ways(network, graph))


@lru_cache(maxsize=256)
def pair_ensemble(network: Network, graph: Graph) -> Ensemble:
    """Return every possible pair of mistakes."""
    return Ensemble.of(pair_ways(network, graph))


def _rows(values: Array, rows: NDArray[np.intp] | None) -> Array:
    """Select rows of a (ways, n) array; values shared by all ways are returned unchanged."""
    return values if rows is None or values.ndim < 2 else values[rows]  # noqa: PLR2004 - ways and submissions


def _versions(found: Mapping[Quantity, list[int]], ways: int) -> Iterator[Version]:
    for quantity, rows in found.items():
        yield Version(quantity, None if len(rows) == ways else np.array(rows))
