"""The network on its page: a drawing of nodes and weights, or of layers if it is large, and a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from grader.engine.network import Network
from grader.engine.notation import Kind
from grader.judging.answers import Entry
from grader.judging.exercise import Exercise, Given
from grader.judging.reading.lexer import without_own_name
from grader.judging.reading.numbers import Unreadable, read_number
from grader.judging.report import Report
from grader.web.pages.figure.layout import Box, FigureLayout, Segment, is_small, lay_out, shared_biases
from grader.web.pages.figure.verdicts import (
    WHOLE_NETWORK,
    FigurePlace,
    PlaceKind,
    PlaceVerdict,
    fields_at,
    places_of,
    worst_verdict,
)

NO_ENTRIES: Mapping[str, Entry] = {}
LETTER, DIGIT, AROUND, SHAPE = 7.6, 6.8, 10, 14
"""Widths in a label: a letter of the name, a digit of the value, padding, a verdict's shape."""

WIDTHS = 8
"""Label widths are multiples of this, so that few layouts serve all learners."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A node, weight or bias with everything shown about it.

    Attributes:
        place: identifies it.
        box: of a node or bias itself, of a weight its label.
        value: given, or submitted as a trained weight.
        fields: names of the fields about it.
        judged: their worst verdict.
        line: of a weight, from node to node.
        function: activation of a computed node.
        target: of an output.
        entered: the value entered as the output of a computed node.
        ends: the nodes that a weight connects, or to which a bias is added.
        is_shared: whether a bias belongs to more than one node.
    """

    place: FigurePlace
    box: Box | None
    value: float | None
    fields: tuple[str, ...]
    judged: PlaceVerdict | None
    line: Segment | None = None
    function: str | None = None
    target: float | None = None
    entered: float | None = None
    ends: tuple[str, ...] = ()
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class LayerBox:
    """One layer of a large network; `weights` and `biases` count those that lead into it."""

    size: int
    function: str | None
    weights: int
    biases: int


@dataclass(frozen=True, slots=True)
class Figure:
    """The picture and its table.

    Attributes:
        width: of the picture in its own units; 0 if layers are drawn instead of nodes.
        height: of the same.
        spots: every input, node, weight and bias.
        layers: the layers of a large network, whose spots are not drawn.
        rate: the learning rate, if any.
        spot_of: the id of a field's place; a field about the whole network has none.
        labels: LaTeX of every field, by name.
        whole: judgements of the fields about the whole network.
    """

    width: float
    height: float
    spots: tuple[Spot, ...]
    layers: tuple[LayerBox, ...]
    rate: Given | None
    spot_of: Mapping[str, str]
    labels: Mapping[str, str]
    whole: PlaceVerdict | None

    def of(self, *sorts: str) -> tuple[Spot, ...]:
        """Return the spots of some kinds."""
        return tuple(spot for spot in self.spots if spot.place.sort in sorts)

    @property
    def first_wrong(self) -> Spot | None:
        """Return the place of the first wrong step, if it has a single one."""
        return next((spot for spot in self.spots if spot.judged and spot.judged.is_first), None)


def figure_of(exercise: Exercise, report: Report | None = None, entries: Mapping[str, Entry] = NO_ENTRIES) -> Figure:
    """Draw the network of an exercise, with the report's judgements of its parts."""
    drawing = _Drawing(exercise, report, entries, _values(exercise, report))
    places = places_of(exercise)
    network = exercise.network
    small = is_small(network)
    layout = lay_out(network, drawing.label_width()) if small else None
    return Figure(
        width=layout.width if layout else 0.0,
        height=layout.height if layout else 0.0,
        spots=tuple(drawing.spots(layout, fields_at(places))),
        layers=() if small else layers_of(network),
        rate=_rate(exercise),
        spot_of={field: place.id for field, place in places.items() if place != WHOLE_NETWORK},
        labels={field.name: field.label for field in exercise.fields},
        whole=worst_verdict(fields_at(places).get(WHOLE_NETWORK, ()), report),
    )


@lru_cache(maxsize=256)
def layers_of(network: Network) -> tuple[LayerBox, ...]:
    """Return a large network layer by layer, the inputs first."""
    hidden = (
        LayerBox(
            len(layer.nodes),
            layer.activation,
            sum(len(node.edges) for node in layer.nodes),
            len({node.bias for node in layer.nodes} - {None}),
        )
        for layer in network.layers
    )
    return LayerBox(len(network.inputs), None, 0, 0), *hidden


def _values(exercise: Exercise, report: Report | None) -> dict[str, float]:
    """Return given values, and submitted trained weights."""
    given = {given.name: given.value for given in exercise.givens}
    return given | (dict(report.trained.weights) if report and report.trained else {})


def _rate(exercise: Exercise) -> Given | None:
    return next((given for given in exercise.givens if given.name == exercise.network.learning_rate), None)


@dataclass(frozen=True)
class _Drawing:
    exercise: Exercise
    report: Report | None
    entries: Mapping[str, Entry]
    values: Mapping[str, float]

    def label_width(self) -> int:
        """Return the width for the longest name with its value, and a shape."""
        network = self.exercise.network
        needed = (
            len(name) * LETTER + (DIGIT * (1 + len(f"{self.values[name]:.6g}")) if name in self.values else 0)
            for name in (*network.weights, *network.biases)
        )
        return WIDTHS * (int(max(needed) + AROUND + SHAPE) // WIDTHS + 1)

    def spots(self, layout: FigureLayout | None, fields: Mapping[FigurePlace, tuple[str, ...]]) -> Iterator[Spot]:
        network = self.exercise.network
        nodes: Mapping[str, Box] = layout.nodes if layout else {}
        for name in network.inputs:
            yield Spot(FigurePlace(PlaceKind.INPUT, name), nodes.get(name), self.values.get(name), (), None)
        outputs = {node.name for node in network.outputs}
        for layer, node in network.nodes():
            place = FigurePlace(PlaceKind.NODE, node.name)
            about = fields.get(place, ())
            target = network.naming.target(node.name) if node.name in outputs else ""
            yield replace(
                self._spot(place, nodes.get(node.name), about),
                function=layer.function(node),
                target=self.values.get(target),
                entered=self._entered(about),
            )
        yield from self._weights(layout, fields)
        yield from self._biases(layout.biases if layout else {}, fields)

    def _weights(self, layout: FigureLayout | None, fields: Mapping[FigurePlace, tuple[str, ...]]) -> Iterator[Spot]:
        labels: Mapping[str, Box] = layout.labels if layout else {}
        lines: Mapping[str, Segment] = layout.lines if layout else {}
        for _, node in self.exercise.network.nodes():
            for edge in node.edges:
                place = FigurePlace(PlaceKind.WEIGHT, edge.weight)
                spot = self._spot(place, labels.get(edge.weight), fields.get(place, ()))
                yield replace(spot, line=lines.get(edge.weight), ends=(edge.source, node.name))

    def _biases(self, boxes: Mapping[str, Box], fields: Mapping[FigurePlace, tuple[str, ...]]) -> Iterator[Spot]:
        network = self.exercise.network
        shared = shared_biases(network)
        for bias in network.biases:
            place = FigurePlace(PlaceKind.BIAS, bias)
            spot = self._spot(place, boxes.get(bias), fields.get(place, ()))
            ends = tuple(node.name for _, node in network.nodes() if node.bias == bias)
            yield replace(spot, ends=ends, is_shared=bias in shared)

    def _spot(self, place: FigurePlace, box: Box | None, fields: tuple[str, ...]) -> Spot:
        value = None if place.sort is PlaceKind.NODE else self.values.get(place.name)
        return Spot(place, box, value, fields, worst_verdict(fields, self.report))

    def _entered(self, fields: tuple[str, ...]) -> float | None:
        """Return what was entered as the output; None in an epoch, whose single node has many."""
        if self.exercise.epoch or self.report is None:
            return None
        graph = self.exercise.graph
        outs = [name for name in fields if graph[name].kind is Kind.ACTIVATION and not graph[name].after_step]
        if len(outs) != 1 or outs[0] not in self.entries:
            return None
        return _read(without_own_name(self.entries[outs[0]].text, outs[0]))


def _read(text: str) -> float | None:
    try:
        number = read_number(text)
    except Unreadable:  # a formula
        return None
    return None if number is None else number.value
