"""The epoch of the perceptron rule against a simulation that shares nothing with it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.engine.epoch import build_epoch, epoch_in_fractions
from grader.engine.mistakes import single_ways
from grader.engine.network import Edge, Layer, Network, Node

TENTHS = st.integers(-20, 20).map(lambda k: k / 10)


def perceptron(activation: str, inputs: int, *, trains_biases: bool = True) -> Network:
    """One node with a bias w0."""
    edges = tuple(Edge(f"w{k}", f"x{k}") for k in range(1, inputs + 1))
    layer = Layer((Node("y", edges, "w0"),), activation)
    return Network(tuple(edge.source for edge in edges), (layer,), learning_rate="eta", trains_biases=trains_biases)


def simulated(
    weights: list[Fraction], rows: list[tuple[list[Fraction], Fraction]], rate: Fraction, low: int
) -> dict[str, float]:
    """Row after row with x0 = 1 in front, as on paper."""
    found: dict[str, float] = {}
    for k, (row, target) in enumerate(rows, start=1):
        x = [Fraction(1), *row]
        net = sum((w * value for w, value in zip(weights, x, strict=True)), Fraction())
        out = 1 if net >= 0 else low
        weights = [w + rate * (target - out) * value for w, value in zip(weights, x, strict=True)]
        found |= {f"net_{k}": float(net), f"out_{k}": float(out)}
        found |= {f"w{j}_{k}": float(weight) for j, weight in enumerate(weights)}
    return found


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("step", "sign")), st.integers(1, 3), st.data())
def test_an_epoch_is_what_paper_gives(activation: str, inputs: int, data: st.DataObject) -> None:
    network, low = perceptron(activation, inputs), {"step": 0, "sign": -1}[activation]
    count = data.draw(st.integers(1, 5))
    rows = [
        (data.draw(st.lists(TENTHS, min_size=inputs, max_size=inputs)), data.draw(st.sampled_from((low, 1))))
        for _ in range(count)
    ]
    start = data.draw(st.lists(TENTHS, min_size=inputs + 1, max_size=inputs + 1))
    rate = data.draw(st.sampled_from((0.1, 0.3, 0.5, 1.0)))
    exact = [Fraction(str(w)) for w in start]
    wanted = simulated(exact, [([Fraction(str(v)) for v in x], Fraction(y)) for x, y in rows], Fraction(str(rate)), low)
    names = {f"w{k}": value for k, value in enumerate(start)} | {"eta": rate}
    values = names | {
        f"{name}_row{k}": value
        for k, (x, y) in enumerate(rows, start=1)
        for name, value in [*((f"x{j}", v) for j, v in enumerate(x, start=1)), ("target", float(y))]
    }
    got = build_epoch(network, count).evaluate({name: np.asarray(value) for name, value in values.items()})
    assert {name: float(got[name]) for name in wanted} == pytest.approx(wanted, abs=1e-9)
    by_name = [({f"x{j}": v for j, v in enumerate(x, start=1)}, float(y)) for x, y in rows]
    assert epoch_in_fractions(network, by_name, names) == pytest.approx(wanted, abs=1e-12)


def test_wrong_steps_exist_in_an_epoch_too() -> None:
    network = perceptron("sign", 2)
    ways = {way.id for way in single_ways(network, build_epoch(network, 4))}
    assert {"ascent", "rate-missing", "rate-doubled", "not-updated", "bias-missing", "activation-missing"} <= ways


def test_a_held_bias_keeps_its_value_through_the_epoch() -> None:
    network = perceptron("step", 1, trains_biases=False)
    graph = build_epoch(network, 2)
    rows = [({"x1": 1.0}, 1.0), ({"x1": 1.0}, 0.0)]
    start = {"w0": -0.5, "w1": 0.25, "eta": 0.5}
    values = start | {"x1_row1": 1.0, "target_row1": 1.0, "x1_row2": 1.0, "target_row2": 0.0}
    got = graph.evaluate({name: np.asarray(value) for name, value in values.items()})
    # net_1 = 0.25 - 0.5 < 0, so w1 becomes 0.25 + 0.5 (1 - 0) 1; net_2 = 0.75 - 0.5 >= 0, so w1 falls back.
    wanted = {"net_1": -0.25, "out_1": 0.0, "w1_1": 0.75, "net_2": 0.25, "out_2": 1.0, "w1_2": 0.25}
    assert {quantity.name: float(got[quantity.name]) for quantity in graph.computed} == wanted
    assert epoch_in_fractions(network, rows, start) == wanted


def test_training_a_held_bias_is_a_mistake_of_an_epoch_too() -> None:
    network = perceptron("step", 1, trains_biases=False)
    way = next(way for way in single_ways(network, build_epoch(network, 2)) if way.id == "bias-trained")
    values = {"w0": -0.5, "w1": 0.25, "eta": 0.5, "x1_row1": 1, "target_row1": 1, "x1_row2": 1, "target_row2": 0}
    got = way.graph.evaluate({name: np.asarray(value) for name, value in values.items()})
    assert (float(got["w0_1"]), float(got["net_2"])) == (0.0, 0.75)
    trained = perceptron("step", 1)
    assert "bias-trained" not in {way.id for way in single_ways(trained, build_epoch(trained, 2))}
