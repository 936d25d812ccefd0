from dataclasses import replace

import numpy as np
import pytest

from grader.engine.build import build_graph
from grader.engine.network import Layer, Network
from grader.judging.judge_formulas import POINTS, Interval, default_interval, sample_point, values_in
from tests.engine.networks import lecture


def network(activation: str, loss: str = "half-squared") -> Network:
    held = lecture().network
    hidden, output = held.layers
    return replace(held, layers=(hidden, Layer(output.nodes, activation)), loss=loss)


@pytest.mark.parametrize(
    ("activation", "name", "interval"),
    [
        ("logistic", "out_o1", (0.05, 0.95)),
        ("logistic", "target_o1", (0.05, 0.95)),
        ("tanh", "out_o1", (-0.9, 0.9)),
        ("half-tanh", "target_o1", (-0.9, 0.9)),
        ("relu", "out_o1", (0.05, 0.95)),
        ("identity", "out_o1", (-0.9, 0.9)),
        ("tanh", "eta", (0.05, 0.95)),
        ("tanh", "w5", (-1.0, 1.0)),
        ("tanh", "net_o1", (-1.0, 1.0)),
        ("tanh", "delta_o1", (-1.0, 1.0)),
    ],
)
def test_variables_lie_where_their_quantity_can_be(activation: str, name: str, interval: tuple[float, float]) -> None:
    made = network(activation)
    found = default_interval(made, build_graph(made)[name])
    assert (found.low, found.high) == pytest.approx(interval)


def test_shares_lie_between_0_and_1() -> None:
    made = network("softmax", "cross-entropy")
    found = default_interval(made, build_graph(made)["out_o1"])
    assert (found.low, found.high) == pytest.approx((0.05, 0.95))


def test_values_are_the_same_for_ever() -> None:
    values = values_in(Interval(0.0, 1.0), "out_o1")
    assert values[:4].tolist() == [0.6655, 0.6875, 0.0085, 0.4635]
    assert values.shape == (POINTS,)


def test_values_keep_clear_of_the_ends_and_of_round_numbers() -> None:
    for seed in map(str, range(20)):
        values = values_in(Interval(-1.0, 1.0), seed)
        assert np.abs(values).max() < 1
        assert np.abs(values).min() > 1e-4


def test_two_variables_go_their_own_ways() -> None:
    one, other = (values_in(Interval(0.0, 1.0), seed) for seed in ("delta_o1 out_o1", "delta_o1 target_o1"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.5


def test_a_place_to_try_rules_at_has_a_value_for_everything_given() -> None:
    made = network("softmax", "cross-entropy")
    graph = build_graph(made)
    place = sample_point(made, graph)
    assert place.keys() == set(graph.given)
    assert place["target_o1"] + place["target_o2"] == 1
