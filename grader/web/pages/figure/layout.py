"""Where everything of a network stands: columns of nodes, lines between them, labels on the lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise

from grader.engine.network import Network, Node
from grader.engine.notation import SHAPE


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle around a middle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        """Where it begins, from above."""
        return self.y - self.height / 2

    def meets(self, other: "Box") -> bool:
        """Whether the two have more than an edge in common."""
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
        """The point that lies this share of the way from its beginning to its end."""
        return self.x1 + share * (self.x2 - self.x1), self.y1 + share * (self.y2 - self.y1)

    def crosses(self, box: Box) -> bool:
        """Whether it runs through a box (Liang and Barsky's clipping)."""
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
"""Where along its line a label may stand: 0.14 … 0.86."""

LINE, MIDDLE = 1.0, 0.6
"""What it costs that another line runs through a label, and that the label is away from the middle."""

SWEEPS = 4
CLEAR = 2.0
"""Room around a label that stays free."""


def place_labels(lines: Sequence[Segment], width: float, height: float, taken: Sequence[Box]) -> tuple[Box, ...] | None:
    """A place for one label on each line; None where that can't be done without one covering another.

    Args:
        lines: in any order.
        width: of every label.
        height: of every label.
        taken: nodes and what else must stay free.
    """
    offers = [_offers(line, lines, (width, height), taken) for line in lines]
    chosen: list[Box | None] = [None] * len(lines)
    # Those with the fewest places choose first; then all choose again, knowing the others.
    order = sorted(range(len(lines)), key=lambda k: len(offers[k]))
    for _ in range(SWEEPS):
        for k in order:
            others = [box for j, box in enumerate(chosen) if j != k and box is not None]
            chosen[k] = next((box for box in offers[k] if not any(map(box.meets, others))), None)
    found = tuple(box for box in chosen if box is not None)
    return found if len(found) == len(lines) else None


def _offers(line: Segment, lines: Sequence[Segment], size: tuple[float, float], taken: Sequence[Box]) -> list[Box]:
    """The places that a label may have on its line, the best first."""
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
    "alpha": "α",  # noqa: RUF001 - what is meant
    "beta": "β",
    "theta": "θ",
    "sigma": "σ",  # noqa: RUF001 - the same
}


@dataclass(frozen=True, slots=True)
class NameParts:
    """What stands on the line, and what is set below it."""

    letters: str
    index: str


def name_parts(name: str) -> NameParts:
    """`w5` → w and 5, `b_h1` → b and h1, `eta` → η; what begins with no letter stands as it is."""
    match = SHAPE.fullmatch(name)
    if match is None:
        return NameParts(name, "")
    return NameParts(GREEK.get(match["letters"], match["letters"]), match["index"].replace("_", ","))


HEIGHT = 46.0
"""Of a node; it is a circle unless its name is long."""

LETTER = 8.5
LABEL_HEIGHT = 20.0
BELOW, ABOVE = 15.0, 14.0
"""From a node's edge to the middle of what stands under and over it."""

MARGIN = 8.0
HEADER = 30.0
"""Room for a bias that a whole layer shares, above the column."""

WIDEST_NAME = 12
NEAR, FAR = (104.0, 98.0), (13.0, 12.0)
"""Least distance of columns (besides label and node) and rows, and by how much they grow until all labels fit."""

MOST_NODES, MOST_EDGES = 6, 30
"""Of a layer and of a network that is drawn node by node."""


@dataclass(frozen=True, slots=True)
class FigureLayout:
    """Places in units of the picture, by name; biases that a layer shares stand above its column.

    Attributes:
        width: of the whole.
        height: of the whole.
        nodes: the box of every input and node.
        lines: the line of every weight.
        labels: the box of every weight's label.
        biases: the middle of every bias's text.
    """

    width: float
    height: float
    nodes: Mapping[str, Box]
    lines: Mapping[str, Segment]
    labels: Mapping[str, Box]
    biases: Mapping[str, Box]


def is_small(network: Network) -> bool:
    """Whether every node and weight can be drawn by itself."""
    layers = [len(network.inputs), *(len(layer.nodes) for layer in network.layers)]
    return max(layers) <= MOST_NODES and len(network.weights) <= MOST_EDGES


@lru_cache(maxsize=256)
def lay_out(network: Network, label: int) -> FigureLayout:
    """Place a small network; the same for all learners, since only the room for labels depends on their values.

    Args:
        network: with no more than `is_small` allows.
        label: width of a label.
    """
    for step in count():
        across, down = NEAR[0] + label + step * FAR[0], NEAR[1] + step * FAR[1]
        made = _at_distance(network, float(label), across, down)
        if made is not None:
            return made
    raise AssertionError  # count() has no end, and far enough apart everything fits


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
    """The biases that more than one node adds."""
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
    """From edge to edge at the height of the middles, so that lines of one node part at once."""
    return Segment(source.x + source.width / 2, source.y, target.x - target.width / 2, target.y)


def _with_captions(box: Box) -> Box:
    """A node with the line of text under it."""
    return Box(box.x, box.y + BELOW / 2 + 4, box.width + 6, box.height + BELOW + 8)
