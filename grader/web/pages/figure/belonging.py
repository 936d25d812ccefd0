"""Which fields are about which node, weight or bias of the network: told by the graph's quantities, not by names."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from grader.checking.exercise import Exercise
from grader.checking.weights import WeightsTask
from grader.engine.network import Network
from grader.engine.quantities import Kind


class Sort(StrEnum):
    """What a place of the figure is."""

    INPUT = "input"
    NODE = "node"
    WEIGHT = "weight"
    BIAS = "bias"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Place:
    """A node, a weight or a bias; `WHOLE` is the network itself, for what belongs to no one of them."""

    sort: Sort
    name: str

    @property
    def id(self) -> str:
        """One word that no other place of the figure has, for the page's data-attributes."""
        return f"{self.sort}-{self.name}" if self.name else str(self.sort)


WHOLE = Place(Sort.WHOLE, "")

AT_NODES = frozenset({Kind.NET, Kind.ACTIVATION, Kind.ERROR, Kind.ERROR_SLOPE, Kind.SLOPE, Kind.DELTA})
AT_PARAMETERS = frozenset({Kind.FACTOR, Kind.GRADIENT, Kind.UPDATE})


def places_of(exercise: Exercise) -> Mapping[str, Place]:
    """The place of every field, by field name, in the order of the page."""
    return MappingProxyType({field: _place(exercise, field) for field in exercise.field_names})


def parameter_place(network: Network, name: str) -> Place:
    """The place of a weight or bias; of any other name the whole."""
    if name in network.weights:
        return Place(Sort.WEIGHT, name)
    return Place(Sort.BIAS, name) if name in network.biases else WHOLE


def _place(exercise: Exercise, field: str) -> Place:
    for part in exercise.parts:
        if isinstance(part.task, WeightsTask) and any(asked.name == field for asked in part.fields):
            return parameter_place(exercise.network, field)
    return _quantity_place(exercise, field) if field in exercise.graph else WHOLE


def _quantity_place(exercise: Exercise, name: str) -> Place:
    quantity = exercise.graph[name]
    if quantity.kind in AT_PARAMETERS:
        return parameter_place(exercise.network, quantity.at)
    if quantity.kind not in AT_NODES:
        return WHOLE
    # In an epoch a net or an output is at a row; they all are of the one node.
    return Place(Sort.NODE, exercise.network.outputs[0].name if exercise.epoch else quantity.at)
