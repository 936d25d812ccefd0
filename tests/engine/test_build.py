import numpy as np
import pytest

from grader.engine.build import build_graph, without_gradient
from grader.engine.network import Network
from grader.engine.notation import Kind
from tests.engine.networks import Declared, lecture, lecture_with_trained_biases, step_network

FLOAT64 = {
    "net_h1": 0.3775, "net_h2": 0.3925, "out_h1": 0.593269992107, "out_h2": 0.596884378260,
    "net_o1": 1.105905967060, "net_o2": 1.224921404096, "out_o1": 0.751365069552, "out_o2": 0.772928465321,
    "E_o1": 0.274811083176, "E_o2": 0.023560025584, "E_total": 0.298371108760,
    "delta_o1": 0.138498561629, "delta_o2": -0.038098236517,
    "dE_dw5": 0.082167040564, "dE_dw6": 0.082667627848, "dE_dw7": -0.022602540477, "dE_dw8": -0.022740242216,
    "delta_h1": 0.008771354689, "delta_h2": 0.009954254705,
    "dE_dw1": 0.000438567734, "dE_dw2": 0.000877135469, "dE_dw3": 0.000497712735, "dE_dw4": 0.000995425471,
    "w1_new": 0.149780716133, "w2_new": 0.199561432266, "w3_new": 0.249751143632, "w4_new": 0.299502287265,
    "w5_new": 0.358916479718, "w6_new": 0.408666186076, "w7_new": 0.511301270239, "w8_new": 0.561370121108,
    "E_total_new": 0.291027773694,
}  # fmt: skip
"""Every quantity of the 2-2-2 example, worked out apart from this project."""

NINE_DECIMALS = {"dE_dout_o1": 0.74136507, "dout_dnet_o1": 0.186815602, "dnet_dw5": 0.593269992}
"""The three factors of the chain rule, as the lecture prints them."""


def evaluate(declared: Declared) -> dict[str, float]:
    graph = build_graph(declared.network)
    values = graph.evaluate({name: np.asarray(value) for name, value in declared.given.items()})
    return {name: float(value) for name, value in values.items()}


def train(declared: Declared, steps: int) -> dict[str, float]:
    graph = build_graph(declared.network)
    given = {name: np.asarray(value) for name, value in declared.given.items()}
    for _ in range(steps):
        values = graph.evaluate(given)
        given |= {q.at: values[q.name] for q in graph.computed if q.kind is Kind.UPDATE}
    return {name: float(value) for name, value in graph.evaluate(given).items()}


@pytest.mark.parametrize("name", FLOAT64)
def test_the_lecture_example_agrees_to_eleven_decimals(name: str) -> None:
    assert evaluate(lecture())[name] == pytest.approx(FLOAT64[name], rel=0, abs=1e-11)


@pytest.mark.parametrize("name", NINE_DECIMALS)
def test_the_factors_of_the_chain_rule_agree_as_printed(name: str) -> None:
    assert evaluate(lecture())[name] == pytest.approx(NINE_DECIMALS[name], rel=0, abs=5e-10)


@pytest.mark.long
def test_ten_thousand_steps_end_where_the_error_has_nearly_gone() -> None:
    after = train(lecture(), steps=10_000)
    assert after["E_total"] == pytest.approx(0.0000351018778, abs=1e-12)
    assert after["out_o1"] == pytest.approx(0.015913620444, abs=1e-11)
    assert after["out_o2"] == pytest.approx(0.984064273515, abs=1e-11)


def test_biases_that_are_held_keep_their_value_and_have_a_gradient() -> None:
    values = evaluate(lecture())
    assert "b1_new" not in values
    assert values["dE_db1"] == pytest.approx(values["delta_h1"] + values["delta_h2"], rel=1e-15)
    assert values["dE_db2"] == pytest.approx(values["delta_o1"] + values["delta_o2"], rel=1e-15)


def test_a_trained_bias_per_node_gives_the_error_of_torch() -> None:
    values = evaluate(lecture_with_trained_biases())
    assert values["E_total_new"] == pytest.approx(0.280471447, abs=5e-10)
    assert values["b_h1_new"] == pytest.approx(0.35 - 0.5 * values["delta_h1"], rel=1e-15)


def test_biases_per_node_that_start_alike_change_nothing_before_the_step() -> None:
    shared, single = evaluate(lecture()), evaluate(lecture_with_trained_biases())
    common = [name for name in shared.keys() & single.keys() if not name.endswith("_new")]
    assert len(common) > 40
    assert {name: single[name] for name in common} == {name: shared[name] for name in common}


def test_the_pass_after_the_step_is_the_pass_of_the_updated_weights() -> None:
    before, after = evaluate(lecture()), train(lecture(), steps=1)
    again = {name: value for name, value in before.items() if name.startswith(("net_", "out_", "E_"))}
    stepped = {name: value for name, value in again.items() if name.endswith("_new")}
    assert len(stepped) == 11
    assert stepped == {name: after[name.removesuffix("_new")] for name in stepped}


def test_the_step_network_gives_what_the_lecture_prints() -> None:
    values = evaluate(step_network())
    nets = {name: values[f"net_{name}"] for name in ("3", "4", "5")}
    outs = {name: values[f"out_{name}"] for name in ("3", "4", "5")}
    assert nets == {"3": 2.0, "4": 1.0, "5": 1.0}
    assert outs == {"3": 1.0, "4": 1.0, "5": 1.0}


def test_without_a_loss_there_is_only_the_forward_pass() -> None:
    kinds = {quantity.kind for quantity in build_graph(step_network().network)}
    assert kinds == {Kind.GIVEN, Kind.NET, Kind.ACTIVATION}


def test_a_step_has_an_error_and_no_gradient() -> None:
    network = step_network().network
    graph = build_graph(Network(network.inputs, network.layers, loss="half-squared"))
    assert without_gradient(network) == ("3", "4", "5")
    assert "E_total" in graph
    assert "delta_5" not in graph


def test_without_a_learning_rate_nothing_is_updated() -> None:
    network = lecture().network
    graph = build_graph(Network(network.inputs, network.layers, loss="half-squared"))
    assert "dE_dw1" in graph
    assert "w1_new" not in graph


def test_quantities_stand_in_the_order_of_a_calculation_by_hand() -> None:
    names = [quantity.name for quantity in build_graph(lecture().network).computed]
    wanted = ["net_h1", "out_h1", "net_o1", "out_o1", "E_o1", "E_total", "delta_o1", "delta_h1", "w1_new", "net_h1_new"]
    assert [name for name in names if name in wanted] == wanted
