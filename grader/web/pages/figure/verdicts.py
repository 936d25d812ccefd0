"""The fields that belong to each node, weight or bias of the figure, and their worst verdict.

Fields are assigned by the graph's quantities, not by names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from grader.engine.network import Network
from grader.engine.notation import Kind
from grader.judging.exercise import Exercise
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from grader.judging.weights.task import WeightsTask
from grader.web.pages.formatting import BADGES, WRONG_FIRST, Badge


class PlaceKind(StrEnum):
    """The kind of a place in the figure."""

    INPUT = "input"
    NODE = "node"
    WEIGHT = "weight"
    BIAS = "bias"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class FigurePlace:
    """A node, a weight or a bias; `WHOLE` is the network itself, for fields that belong to none of them."""

    sort: PlaceKind
    name: str

    @property
    def id(self) -> str:
        """A word unique among the places of the figure, for data attributes."""
        return f"{self.sort}-{self.name}" if self.name else str(self.sort)


WHOLE_NETWORK = FigurePlace(PlaceKind.WHOLE, "")

AT_NODES = frozenset({Kind.NET, Kind.ACTIVATION, Kind.ERROR, Kind.ERROR_SLOPE, Kind.SLOPE, Kind.DELTA})
AT_PARAMETERS = frozenset({Kind.FACTOR, Kind.GRADIENT, Kind.UPDATE})


def places_of(exercise: Exercise) -> Mapping[str, FigurePlace]:
    """Return the place of every field, by field name, in page order."""
    return MappingProxyType({field: _place(exercise, field) for field in exercise.field_names})


def parameter_place(network: Network, name: str) -> FigurePlace:
    """Return the place of a weight or bias; the whole network for other names."""
    if name in network.weights:
        return FigurePlace(PlaceKind.WEIGHT, name)
    return FigurePlace(PlaceKind.BIAS, name) if name in network.biases else WHOLE_NETWORK


def _place(exercise: Exercise, field: str) -> FigurePlace:
    for part in exercise.parts:
        if isinstance(part.task, WeightsTask) and any(asked.name == field for asked in part.fields):
            return parameter_place(exercise.network, field)
    return _quantity_place(exercise, field) if field in exercise.graph else WHOLE_NETWORK


def _quantity_place(exercise: Exercise, name: str) -> FigurePlace:
    quantity = exercise.graph[name]
    if quantity.kind in AT_PARAMETERS:
        return parameter_place(exercise.network, quantity.at)
    if quantity.kind not in AT_NODES:
        return WHOLE_NETWORK
    # In an epoch, net and output have one value per row; they all belong to the single node.
    return FigurePlace(PlaceKind.NODE, exercise.network.outputs[0].name if exercise.epoch else quantity.at)


WORST_FIRST = (
    Verdict.MISTAKEN,
    Verdict.WRONG,
    Verdict.MISSING,
    Verdict.UNDECIDED,
    Verdict.IMPRECISE,
    Verdict.FOLLOWS,
    Verdict.CORRECT,
)


@dataclass(frozen=True, slots=True)
class PlaceVerdict:
    """The verdict of a place."""

    verdict: Verdict
    is_first: bool = False

    @property
    def badge(self) -> Badge:
        """Its shape, word and colour."""
        return WRONG_FIRST if self.is_first else BADGES[self.verdict]


def fields_at(places: Mapping[str, FigurePlace]) -> dict[FigurePlace, tuple[str, ...]]:
    """Return the fields of each place, in page order."""
    found: dict[FigurePlace, list[str]] = {}
    for field, place in places.items():
        found.setdefault(place, []).append(field)
    return {place: tuple(fields) for place, fields in found.items()}


def worst_verdict(fields: Sequence[str], report: Report | None) -> PlaceVerdict | None:
    """Return the worst verdict of these fields; None until one is judged."""
    verdicts = {report.fields[name].verdict for name in fields if name in report.fields} if report else set()
    worst = next((verdict for verdict in WORST_FIRST if verdict in verdicts), None)
    return PlaceVerdict(worst, report is not None and report.first_wrong in fields) if worst else None
