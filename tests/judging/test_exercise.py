import pytest

from grader.engine.build import build_graph
from grader.engine.network import Edge, Layer, Network, Node
from tests.exercises.figures import BACKPROP, COMPLETED, STEP, exercise


def test_fields_stand_in_the_order_of_the_page() -> None:
    assert exercise(STEP).field_names == ("v3", "v4", "y3", "y4", "v5", "y5")
    assert [part.id for part in exercise(STEP).parts] == ["part-1", "part-2"]


def test_computed_fields_stand_in_the_order_of_the_computation() -> None:
    order = exercise(BACKPROP).computed_order
    graph = exercise(BACKPROP).graph
    for name in order:
        ancestors = graph.needed_for([name]).quantities.keys() & set(order)
        assert all(order.index(ancestor) <= order.index(name) for ancestor in ancestors)


def test_points_of_parts_add_up() -> None:
    one = exercise(BACKPROP)
    assert [part.points for part in one.parts] == [8, 3, 3, 12, 8, 1]
    assert one.max_points == 35


def test_an_author_is_told_the_reference_and_what_is_accepted_around_it() -> None:
    assert exercise(BACKPROP).told("out_h1") == ("0.593269992107", "0.000119")
    assert exercise(BACKPROP).told("E_total_new") == ("0.291027773694", "2e-08")


def test_only_an_update_has_a_weight_before() -> None:
    assert exercise(BACKPROP).before("w5_new") == "w5"
    assert exercise(BACKPROP).before("dE_dw5") is None


@pytest.mark.parametrize(
    ("name", "entered", "found"),
    [
        ("out_o1", tuple(COMPLETED), ("net_o1",)),
        ("net_o1", tuple(COMPLETED), ("out_h1", "out_h2")),
        ("net_o1", ("net_h1", "out_h2"), ("net_h1", "out_h2")),
        ("E_total", ("net_h1", "out_o1"), ("out_o1", "net_h1")),
        ("net_h1", tuple(COMPLETED), ()),
        ("out_o1", (), ()),
        ("w1_new", ("delta_o1", "out_h1"), ("delta_o1", "out_h1")),
    ],
)
def test_nearest_bridges_what_was_not_entered(name: str, entered: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert exercise(BACKPROP).nearest(name, entered) == found


def test_nearest_looks_at_each_quantity_of_a_deep_network_once() -> None:
    sources: tuple[str, ...] = ("x",)
    layers: list[Layer] = []
    for k in range(12):
        names = tuple(f"n{k}_{n}" for n in range(4))
        nodes = tuple(Node(n, tuple(Edge(f"w_{source}_{n}", source) for source in sources)) for n in names)
        layers.append(Layer(nodes, "tanh"))
        sources = names
    network = Network(("x",), tuple(layers), "half-squared", "eta")
    one = exercise(BACKPROP)
    deep = type(one)("deep", "Deep", (), (), network, build_graph(network), one.credit)
    assert deep.nearest("E_total_new", ("net_n0_0",)) == ("net_n0_0",)  # there are more than 4 ** 11 ways there
