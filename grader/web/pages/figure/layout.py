"""The layout of a network: columns of nodes, lines between them, labels on the lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise

from grader.engine.network import Network, Node
from grader.engine.notation import SHAPE


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, given by its centre."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The x of its left edge."""
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        """The y of its upper edge."""
        return self.y - self.height / 2

    def meets(self, other: "Box") -> bool:
        """Return whether two boxes overlap by more than an edge."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line between two points."""

    x1: float
    y1: float
    x2: float
    y2: float

    def at(self, share: float) -> tuple[float, float]:
        """Return the point at this share of the way from its beginning to its end."""
        return self.x1 + share * (self.x2 - self.x1), self.y1 + share * (self.y2 - self.y1)

    def crosses(self, box: Box) -> bool:
        """Return whether it runs through a box (Liang and Barsky's clipping)."""
        first, last = 0.0, 1.0
        spans = (
            (self.x1, self.x2 - self.x1, box.left, box.left + box.width),
            (self.y1, self.y2 - self.y1, box.top, box.top + box.height),
        )
        for start, run, low, high in spans:
            if run == 0:
                if not low < start < high:
                    return False
                continue
            enter, leave = sorted(((low - start) / run, (high - start) / run))
            first, last = max(first, enter), min(last, leave)
        return first < last


SHARES = tuple(0.14 + 0.03 * k for k in range(25))
"""Possible positions of a label along its line: 0.14 … 0.86."""

LINE, MIDDLE = 1.0, 0.6
"""Costs: another line runs through a label; the label is away from the middle."""

SWEEPS = 4
CLEAR = 2.0
"""Free space around a label."""


def place_labels(lines: Sequence[Segment], width: float, height: float, taken: Sequence[Box]) -> tuple[Box, ...] | None:
    """Return a place for one label on each line; None if they cannot be placed without overlaps.

    Args:
        lines: in any order.
        width: of every label.
        height: of every label.
        taken: nodes and anything else that must stay free.
    """
    offers = [_offers(line, lines, (width, height), taken) for line in lines]
    chosen: list[Box | None] = [None] * len(lines)
    # Lines with the fewest places choose first; then all choose again, knowing the others.
    order = sorted(range(len(lines)), key=lambda k: len(offers[k]))
    for _ in range(SWEEPS):
        for k in order:
            others = [box for j, box in enumerate(chosen) if j != k and box is not None]
            chosen[k] = next((box for box in offers[k] if not any(map(box.meets, others))), None)
    found = tuple(box for box in chosen if box is not None)
    return found if len(found) == len(lines) else None


def _offers(line: Segment, lines: Sequence[Segment], size: tuple[float, float], taken: Sequence[Box]) -> list[Box]:
    """Return the possible places of a label on its line, best first."""
    offers: list[tuple[float, Box]] = []
    for share in SHARES:
        box = Box(*line.at(share), size[0] + CLEAR, size[1] + CLEAR)
        if not any(map(box.meets, taken)):
            through = sum(other.crosses(box) for other in lines if other is not line)
            offers.append((LINE * through + MIDDLE * abs(share - 1 / 2), box))
    return [box for _, box in sorted(offers, key=lambda offer: offer[0])]


GREEK = {
    "delta": "δ",
    "eta": "η",
    "alpha": "α",  # noqa: RUF001 - intended
    "beta": "β",
    "theta": "θ",
    "sigma": "σ",  # noqa: RUF001 - intended
}


@dataclass(frozen=True, slots=True)
class NameParts:
    """The base of a name, and its index."""

    letters: str
    index: str


def name_parts(name: str) -> NameParts:
    """Split a name: `w5` into w and 5, `b_h1` into b and h1, `eta` is η; names that begin with no letter stay whole."""
    match = SHAPE.fullmatch(name)
    if match is None:
        return NameParts(name, "")
    return NameParts(GREEK.get(match["letters"], match["letters"]), match["index"].replace("_", ","))


HEIGHT = 46.0
"""Of a node; it is a circle unless its name is long."""

LETTER = 8.5
LABEL_HEIGHT = 20.0
BELOW, ABOVE = 15.0, 14.0
"""Distances from a node's edge to the centre of the text below and above it."""

MARGIN = 8.0
HEADER = 30.0
"""Space above the column for a bias shared by a whole layer."""

WIDEST_NAME = 12
NEAR, FAR = (104.0, 98.0), (13.0, 12.0)
"""Least distances of columns (besides label and node) and rows, and their increments until all labels fit."""

MOST_NODES, MOST_EDGES = 6, 30
"""The largest layer and network that are drawn node by node."""


@dataclass(frozen=True, slots=True)
class FigureLayout:
    """Positions in units of the picture, by name; biases shared by a layer are above its column.

    Attributes:
        width: of the whole picture.
        height: of the whole picture.
        nodes: the box of every input and node.
        lines: the line of every weight.
        labels: the box of every weight's label.
        biases: the centre of every bias's text.
    """

    width: float
    height: float
    nodes: Mapping[str, Box]
    lines: Mapping[str, Segment]
    labels: Mapping[str, Box]
    biases: Mapping[str, Box]


def is_small(network: Network) -> bool:
    """Return whether every node and weight can be drawn individually."""
    layers = [len(network.inputs), *(len(layer.nodes) for layer in network.layers)]
    return max(layers) <= MOST_NODES and len(network.weights) <= MOST_EDGES


@lru_cache(maxsize=256)
def lay_out(network: Network, label: int) -> FigureLayout:
    """Lay out a small network; the same for all learners, since only the label width depends on their values.

    Args:
        network: within the limits of `is_small`.
        label: width of a label.
    """
    for step in count():
        across, down = NEAR[0] + label + step * FAR[0], NEAR[1] + step * FAR[1]
        made = _at_distance(network, float(label), across, down)
        if made is not None:
            return made
    raise AssertionError  # count() is endless, and with enough distance everything fits


def _at_distance(network: Network, label: float, across: float, down: float) -> FigureLayout | None:
    nodes = _nodes(network, across, down)
    lines = {
        edge.weight: _edge_segment(nodes[edge.source], nodes[node.name])
        for _, node in network.nodes()
        for edge in node.edges
    }
    biases = dict(_biases(network, nodes, label))
    taken = [*(_with_captions(box) for box in nodes.values()), *biases.values()]
    labels = place_labels(tuple(lines.values()), label, LABEL_HEIGHT, taken)
    if labels is None:
        return None
    boxes = [*taken, *labels]
    width = max(box.left + box.width for box in boxes) + MARGIN
    height = max(box.top + box.height for box in boxes) + MARGIN
    return FigureLayout(width, height, nodes, lines, dict(zip(lines, labels, strict=True)), biases)


def _columns(network: Network) -> list[tuple[str, ...]]:
    return [network.inputs, *(tuple(node.name for node in layer.nodes) for layer in network.layers)]


def _nodes(network: Network, across: float, down: float) -> dict[str, Box]:
    columns = _columns(network)
    widths = [max(map(_node_width, column)) for column in columns]
    lefts = [MARGIN + BELOW]
    for before, _ in pairwise(widths):
        lefts.append(lefts[-1] + before + across - HEIGHT)
    tallest = max(map(len, columns))
    top = (HEADER if shared_biases(network) else 0) + MARGIN + 2 * ABOVE + HEIGHT / 2
    return {
        name: Box(left + width / 2, top + down * (row + (tallest - len(column)) / 2), _node_width(name), HEIGHT)
        for column, left, width in zip(columns, lefts, widths, strict=True)
        for row, name in enumerate(column)
    }


def _node_width(name: str) -> float:
    letters = min(len(name), WIDEST_NAME)
    return max(HEIGHT, letters * LETTER + 18)


def shared_biases(network: Network) -> frozenset[str]:
    """Return the biases that are added by more than one node."""
    each = [node.bias for _, node in network.nodes() if node.bias is not None]
    return frozenset(bias for bias in each if each.count(bias) > 1)


def _biases(network: Network, nodes: Mapping[str, Box], label: float) -> Iterator[tuple[str, Box]]:
    shared = shared_biases(network)
    for bias in network.biases:
        own: list[Node] = [node for _, node in network.nodes() if node.bias == bias]
        first = nodes[own[0].name]
        y = MARGIN + LABEL_HEIGHT / 2 if bias in shared else first.top - ABOVE
        yield bias, Box(first.x, y, label, LABEL_HEIGHT)


def _edge_segment(source: Box, target: Box) -> Segment:
    """Connect the edges of two boxes at the height of their centres, so that lines of one node separate at once."""
    return Segment(source.x + source.width / 2, source.y, target.x - target.width / 2, target.y)


def _with_captions(box: Box) -> Box:
    """Extend a node's box by the line of text below it."""
    return Box(box.x, box.y + BELOW / 2 + 4, box.width + 6, box.height + BELOW + 8)
