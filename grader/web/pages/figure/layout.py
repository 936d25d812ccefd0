"""Where everything of a network stands: columns of nodes, lines between them, labels on the lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise

from grader.engine.network import Network, Node
from grader.web.pages.figure.geometry import Box, Line
from grader.web.pages.figure.labels import place_labels

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
class Layout:
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
    lines: Mapping[str, Line]
    labels: Mapping[str, Box]
    biases: Mapping[str, Box]


def is_small(network: Network) -> bool:
    """Whether every node and weight can be drawn by itself."""
    layers = [len(network.inputs), *(len(layer.nodes) for layer in network.layers)]
    return max(layers) <= MOST_NODES and len(network.weights) <= MOST_EDGES


@lru_cache(maxsize=256)
def lay_out(network: Network, label: int) -> Layout:
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


def _at_distance(network: Network, label: float, across: float, down: float) -> Layout | None:
    nodes = _nodes(network, across, down)
    lines = {
        edge.weight: _line(nodes[edge.source], nodes[node.name]) for _, node in network.nodes() for edge in node.edges
    }
    biases = dict(_biases(network, nodes, label))
    taken = [*(_with_captions(box) for box in nodes.values()), *biases.values()]
    labels = place_labels(tuple(lines.values()), label, LABEL_HEIGHT, taken)
    if labels is None:
        return None
    boxes = [*taken, *labels]
    width = max(box.left + box.width for box in boxes) + MARGIN
    height = max(box.top + box.height for box in boxes) + MARGIN
    return Layout(width, height, nodes, lines, dict(zip(lines, labels, strict=True)), biases)


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


def _line(source: Box, target: Box) -> Line:
    """From edge to edge at the height of the middles, so that lines of one node part at once."""
    return Line(source.x + source.width / 2, source.y, target.x - target.width / 2, target.y)


def _with_captions(box: Box) -> Box:
    """A node with the line of text under it."""
    return Box(box.x, box.y + BELOW / 2 + 4, box.width + 6, box.height + BELOW + 8)
