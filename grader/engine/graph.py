"""The graph: all quantities of an exercise in topological order."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter

import numpy as np

from grader.engine.names import Array
from grader.engine.notation import Kind, Quantity


@dataclass(frozen=True, eq=False)
class Graph:
    """Quantities by name, parents before children; a graph is equal only to itself."""

    quantities: Mapping[str, Quantity]

    @classmethod
    def of(cls, quantities: Iterable[Quantity]) -> "Graph":
        """Order the quantities topologically, keeping the given order where possible.

        Raises:
            ValueError: a name is repeated, or a parent is missing.
        """
        by_name: dict[str, Quantity] = {}
        for quantity in quantities:
            if quantity.name in by_name:
                raise ValueError(f"two quantities are called {quantity.name}")
            by_name[quantity.name] = quantity
        for quantity in by_name.values():
            for parent in quantity.parents:
                if parent not in by_name:
                    raise ValueError(f"{quantity.name} needs {parent}, which is not in the graph")
        return cls({name: by_name[name] for name in _parents_first(by_name)})

    def __iter__(self) -> Iterator[Quantity]:
        """Iterate over all quantities, parents first."""
        return iter(self.quantities.values())

    def __contains__(self, name: object) -> bool:
        """Return whether a quantity with that name is computed or given."""
        return name in self.quantities

    def __getitem__(self, name: str) -> Quantity:
        """Return the quantity with that name."""
        return self.quantities[name]

    @cached_property
    def given(self) -> tuple[str, ...]:
        """Names of the given values."""
        return tuple(q.name for q in self if q.kind is Kind.GIVEN)

    @cached_property
    def computed(self) -> tuple[Quantity, ...]:
        """All quantities with a rule, parents first."""
        return tuple(q for q in self if q.rule is not None)

    def evaluate(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """Evaluate every quantity for the given values.

        Args:
            given: a value of shape () or (n,) for each name of `given`.

        Returns:
            All quantities by name, with broadcast shapes; never a warning: overflow is inf, an undefined value is nan.
        """
        values = dict(given)
        with np.errstate(all="ignore"):
            for quantity in self.computed:
                if quantity.rule is not None:
                    values[quantity.name] = quantity.rule(*(values[parent] for parent in quantity.parents))
        return values

    def needed_for(self, names: Iterable[str], known: Container[str] = ()) -> "Graph":
        """Return the part of the graph that the named quantities depend on, including themselves.

        Args:
            names: the wanted quantities.
            known: quantities with known values, whose parents are not needed.
        """
        wanted: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting.extend(parent for parent in self.quantities[name].parents if parent not in known)
        return Graph({name: quantity for name, quantity in self.quantities.items() if name in wanted})


def _parents_first(by_name: Mapping[str, Quantity]) -> tuple[str, ...]:
    """Return a topological order that keeps the given order where parents already come first."""
    seen: set[str] = set()
    for name, quantity in by_name.items():
        if not seen.issuperset(quantity.parents):
            return tuple(TopologicalSorter({n: q.parents for n, q in by_name.items()}).static_order())
        seen.add(name)
    return tuple(by_name)
