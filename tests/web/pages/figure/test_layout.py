from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.engine.network import Edge, Layer, Network, Node
from grader.web.pages.figure.layout import MOST_EDGES, MOST_NODES, Box, FigureLayout, is_small, lay_out


def dense(*sizes: int, biases: str = "shared") -> Network:
    """A network of fully connected layers."""
    names = [[f"{'iabcdefgh'[depth]}{k + 1}" for k in range(size)] for depth, size in enumerate(sizes)]
    count, layers = 0, []
    for depth, column in enumerate(names[1:], start=1):
        nodes = []
        for name in column:
            edges = tuple(Edge(f"w{count + k + 1}", source) for k, source in enumerate(names[depth - 1]))
            count += len(edges)
            bias = {"shared": f"b{depth}", "own": f"b_{name}", "none": None}[biases]
            nodes.append(Node(name, edges, bias))
        layers.append(Layer(tuple(nodes), "logistic"))
    return Network(tuple(names[0]), tuple(layers))


def boxes(layout: FigureLayout) -> list[Box]:
    return [*layout.nodes.values(), *layout.labels.values(), *layout.biases.values()]


def is_tidy(layout: FigureLayout) -> bool:
    """Nothing covers anything, and all of it is in the picture."""
    inside = all(
        box.left >= 0
        and box.top >= 0
        and box.left + box.width <= layout.width
        and box.top + box.height <= layout.height
        for box in boxes(layout)
    )
    return inside and not any(one.meets(other) for one, other in combinations(boxes(layout), 2))


@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 4, 2), (2, 3, 3, 1), (2, 1), (5, 5), (4, 4, 3), (1, 1, 1, 1)])
@pytest.mark.parametrize("biases", ["shared", "own", "none"])
def test_no_label_covers_another_or_a_node(sizes: tuple[int, ...], biases: str) -> None:
    assert is_tidy(lay_out(dense(*sizes, biases=biases), 96))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, MOST_NODES), min_size=2, max_size=5), st.sampled_from([56, 88, 120]))
def test_every_network_that_is_drawn_node_by_node_is_tidy(sizes: list[int], label: int) -> None:
    network = dense(*sizes, biases="own")
    if is_small(network):
        assert is_tidy(lay_out(network, label))


def test_each_label_stands_on_its_own_line() -> None:
    layout = lay_out(dense(3, 4, 2), 96)
    assert all(layout.lines[weight].crosses(label) for weight, label in layout.labels.items())


def test_inputs_stand_left_of_the_layers_in_their_order() -> None:
    layout = lay_out(dense(2, 3, 1), 64)
    across = [layout.nodes[name].x for name in ("i1", "a1", "b1")]
    assert across == sorted(across)
    assert layout.nodes["a1"].y < layout.nodes["a2"].y < layout.nodes["a3"].y
    assert layout.nodes["b1"].y == layout.nodes["a2"].y


def test_a_shared_bias_stands_above_its_column_and_an_own_one_above_its_node() -> None:
    shared, own = lay_out(dense(2, 2, biases="shared"), 64), lay_out(dense(2, 2, biases="own"), 64)
    assert list(shared.biases) == ["b1"]
    assert shared.biases["b1"].y < min(box.top for box in shared.nodes.values())
    assert own.biases["b_a2"].x == own.nodes["a2"].x
    assert own.nodes["a1"].top < own.biases["b_a2"].y < own.nodes["a2"].top


def test_large_networks_are_not_drawn_node_by_node() -> None:
    assert is_small(dense(2, 3, 3, 1))
    assert not is_small(dense(2, 8, 1))
    assert not is_small(dense(6, 6))
    assert MOST_EDGES < 6 * 6
