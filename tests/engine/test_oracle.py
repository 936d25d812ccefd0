from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from grader.engine.build import build_graph
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.network import Network
from grader.engine.notation import Kind
from grader.engine.oracle import disagreements
from grader.engine.rewrites.select import Scaled
from tests.engine.networks import Declared, declared, lecture, lecture_with_trained_biases, step_network

COMPUTED = [quantity.name for quantity in build_graph(lecture_with_trained_biases().network).computed]


class Off:
    """A rule that is wrong by one per mille."""

    def __init__(self, graph: Graph, name: str) -> None:
        self.rule = graph[name].rule

    def __call__(self, *parents: Array) -> Array:
        assert self.rule is not None
        return self.rule(*parents) * 1.001 + 1e-5


def told(one: Declared, graph: Graph | None = None) -> dict[str, str]:
    return dict(disagreements(one.network, graph or build_graph(one.network), one.given))


def spoilt(one: Declared, name: str) -> Graph:
    graph = build_graph(one.network)
    return Graph(dict(graph.quantities) | {name: replace(graph[name], rule=Off(graph, name))})


def kinks(one: Declared) -> list[float]:
    """How far each net input is from where relu and the piecewise linear function have no derivative."""
    graph = build_graph(one.network)
    values = graph.evaluate({name: np.asarray(value) for name, value in one.given.items()})
    nets = [float(values[quantity.name]) for quantity in graph if quantity.kind is Kind.NET]
    return [abs(abs(net) - kink) for net in nets for kink in (0.0, 0.5)]


@settings(max_examples=150, deadline=None)
@given(declared())
def test_three_ways_agree_on_any_small_network(one: Declared) -> None:
    assert told(one) == {}


@settings(max_examples=50, deadline=None)
@given(declared(activations=("relu", "piecewise-linear", "tanh")))
def test_three_ways_agree_away_from_kinks(one: Declared) -> None:
    assume(min(kinks(one)) > 1e-4)
    assert told(one) == {}


@settings(max_examples=50, deadline=None)
@given(declared(largest=300.0, activations=("identity",)))
def test_large_values_raise_no_false_alarm(one: Declared) -> None:
    assert [ways for ways in told(one).values() if "complex" in ways or "differences" in ways] == []


@pytest.mark.parametrize("one", [lecture(), lecture_with_trained_biases(), step_network()])
def test_the_networks_of_the_lecture_raise_no_alarm(one: Declared) -> None:
    assert told(one) == {}


@pytest.mark.parametrize("name", COMPUTED)
def test_a_wrong_rule_is_named(name: str) -> None:
    one = lecture_with_trained_biases()
    assert name in told(one, spoilt(one, name))


def test_finite_differences_alone_find_a_gradient_at_a_kink() -> None:
    network = lecture().network
    layers = (replace(network.layers[0], activation="relu"), network.layers[1])
    at_zero = dict(lecture().given) | {"b1": 0.0, "i1": 0.0, "i2": 0.0}
    one = Declared(replace(network, layers=layers), at_zero)
    assert "is a net input at a kink?" in told(one)["dE_db1"]


def small(target: float, others: dict[str, float]) -> Declared:
    """The lecture's network without bounds, with a target close to its first output."""
    network = lecture().network
    layers = tuple(replace(layer, activation="identity") for layer in network.layers)
    values = dict(lecture().given) | others
    outs = build_graph(Network(network.inputs, layers)).evaluate({n: np.asarray(v) for n, v in values.items()})
    near = {f"target_{node}": float(outs[f"out_{node}"]) + target for node in ("o1", "o2")}
    return Declared(replace(network, layers=layers), values | near)


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-8])
@pytest.mark.parametrize("others", [{}, {"b2": 4000.0}, {"i1": 2000.0, "i2": -1500.0}, {"w1": 1e-7, "b1": 300.0}])
def test_small_gradients_beside_large_values_raise_no_false_alarm(distance: float, others: dict[str, float]) -> None:
    assert told(small(distance, others)) == {}


@pytest.mark.parametrize("name", ["dE_dw1", "dE_dw5", "delta_o1", "dE_dout_h1"])
def test_a_small_gradient_of_a_wrong_rule_is_named(name: str) -> None:
    one = small(1e-6, {"b2": 4000.0})
    graph = build_graph(one.network)
    right = graph[name].rule
    assert right is not None
    wrong = Graph(dict(graph.quantities) | {name: replace(graph[name], rule=Scaled(right, 1.001))})
    assert "complex arithmetic" in told(one, wrong)[name]


def test_a_saturated_softmax_is_told_and_does_not_raise() -> None:
    network = lecture().network
    layers = (network.layers[0], replace(network.layers[1], activation="softmax"))
    given_ = dict(lecture().given) | {"w5": 5000.0, "target_o1": 0.0, "target_o2": 1.0}
    one = Declared(replace(network, layers=layers, loss="cross-entropy"), given_)
    assert told(one)["E_total"] == "the graph gives inf"


def test_values_whose_square_overflows_are_told_and_do_not_raise() -> None:
    network = lecture().network
    layers = tuple(replace(layer, activation="identity") for layer in network.layers)
    one = Declared(Network(network.inputs, layers, "half-squared", "eta"), dict(lecture().given) | {"w5": 1e200})
    assert told(one)["E_o1"] == "the graph gives inf"


def test_targets_of_softmax_that_do_not_share_one_are_noticed() -> None:
    network = lecture().network
    layers = (network.layers[0], replace(network.layers[1], activation="softmax"))
    one = Declared(replace(network, layers=layers, loss="cross-entropy"), dict(lecture().given) | {"target_o1": 0.5})
    assert "delta_o1" in told(one)
