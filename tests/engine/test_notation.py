import pytest

from grader.engine.build import build_graph
from grader.engine.network import Edge, Layer, Network, Node
from grader.engine.notation import label, symbol
from tests.engine.networks import lecture


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("w5", "w_{5}"),
        ("net_h1", r"\mathit{net}_{h1}"),
        ("eta", r"\eta"),
        ("E_total", r"E_{\mathit{total}}"),
        ("x", "x"),
        ("w_1_2", "w_{1,2}"),
        ("target_o1", r"\mathit{target}_{o1}"),
    ],
)
def test_names_look_like_the_lecture(name: str, latex: str) -> None:
    assert symbol(name) == latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("net_h1", r"\mathit{net}_{h1}"),
        ("delta_o1", r"\delta_{o1}"),
        ("dE_dw5", r"\frac{\partial E_{\mathit{total}}}{\partial w_{5}}"),
        ("dE_dout_o1", r"\frac{\partial E_{\mathit{total}}}{\partial \mathit{out}_{o1}}"),
        ("dout_dnet_o1", r"\frac{\partial \mathit{out}_{o1}}{\partial \mathit{net}_{o1}}"),
        ("dnet_dw5", r"\frac{\partial \mathit{net}_{o1}}{\partial w_{5}}"),
        ("w5_new", "w_{5}^{+}"),
        ("E_total_new", r"E_{\mathit{total}}^{+}"),
    ],
)
def test_every_kind_of_quantity_has_its_label(name: str, latex: str) -> None:
    network = lecture().network
    assert label(network, build_graph(network)[name]) == latex


def test_underscores_of_a_node_become_no_second_subscript() -> None:
    node = Node("h_1_2", (Edge("w", "x"),))
    network = Network(("x",), (Layer((node,), "logistic"),), loss="half-squared")
    assert label(network, build_graph(network)["delta_h_1_2"]) == r"\delta_{h,1,2}"
