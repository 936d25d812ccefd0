"""Round numbers: typed as they are, they leave nothing open and hide nothing."""

from grader.engine.mistakes import single_ways
from grader.judging.verdict import Verdict
from tests.engine.chance import Make, made
from tests.judging.made import ask_all, judged, reference
from tests.judging.test_properties import done_with, named

LINEAR = ask_all(made(Make((1, 2, 1), "tanh", "identity", "half-squared", "none", trains_biases=False, seed=3)))


def test_a_slope_of_one_does_not_widen_what_follows_from_it() -> None:
    right = reference(LINEAR)
    sent = {name: f"{value:.10g}" for name, value in right.items()}
    assert sent["dout_dnet_o1"] == "1"
    found = judged(LINEAR, {**sent, "delta_o1": f"{1.005 * right['delta_o1']:.10g}"})
    assert found.fields["delta_o1"].verdict is Verdict.WRONG


def test_a_slope_of_one_does_not_hide_a_turned_sign() -> None:
    for way in single_ways(LINEAR.network, LINEAR.graph):
        if way.id == "error-sign":
            sent = {name: f"{value:.10g}" for name, value in done_with(LINEAR, way).items()}
            assert "error-sign" in named(judged(LINEAR, sent))


def test_two_deltas_of_softmax_with_a_turned_sign_are_no_mere_swap() -> None:
    one = ask_all(made(Make((2, 2, 2), "tanh", "softmax", "cross-entropy", "none", trains_biases=False, seed=5)))
    right = reference(one)
    found = judged(one, {**right, "delta_o1": right["delta_o2"], "delta_o2": right["delta_o1"]})
    assert {"error-sign", "fields-swapped"} <= named(found)
