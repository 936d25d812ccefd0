from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.engine.network import Edge, Layer, Network, Node
from grader.engine.notation import Kind
from grader.judging.exercise import Exercise
from grader.judging.verdict import Verdict
from tests.engine.networks import Declared, declared, lecture, step_network
from tests.exercises.figures import lost, verdicts
from tests.judging.made import ask_all, consistent, judged, reference

NOTHING = {Verdict.WRONG, Verdict.MISTAKEN}
EARNS = {Verdict.CORRECT, Verdict.FOLLOWS}


def with_activation(hidden: str, output: str) -> Exercise:
    """The lecture's network with other activations; the hidden nets are positive."""
    one = lecture()
    first, last = one.network.layers
    layers = (replace(first, activation=hidden), replace(last, activation=output))
    return ask_all(Declared(replace(one.network, layers=layers), one.given))


LOGISTIC = with_activation("logistic", "logistic")
RELU = with_activation("relu", "logistic")
LINEAR = with_activation("identity", "identity")


def is_tame(exercise: Exercise, values: dict[str, float], right: dict[str, float]) -> bool:
    """Nothing saturated, nothing 0 that should not be: no guard has anything to refuse."""
    kinds = {name: exercise.graph[name].kind for name in values}
    slopes = [abs(value) for name, value in values.items() if kinds[name] is Kind.SLOPE]
    outs = [abs(value) for name, value in values.items() if kinds[name] is Kind.ACTIVATION]
    return (
        min(slopes) > 1e-4
        and max(outs) < 0.999
        and all(abs(value) > 1e-7 or right[name] == 0 for name, value in values.items())
    )


@settings(max_examples=40, deadline=None)
@given(declared(smallest=0.125, largest=0.875), st.data())
def test_one_wrong_value_costs_only_itself(one: Declared, data: st.DataObject) -> None:
    exercise = ask_all(one)
    right = reference(exercise)
    name = data.draw(st.sampled_from(exercise.computed_order))
    wrong = 0.7 * right[name] + 0.1
    values = consistent(exercise, {name: wrong})
    assume(abs(wrong - right[name]) > 0.02)
    assume(is_tame(exercise, right, right) and is_tame(exercise, values, right))
    found = judged(exercise, values)
    assert lost(found) == [name]
    assert found.fields[name].verdict in NOTHING
    assert found.first_wrong == name


@settings(max_examples=40, deadline=None)
@given(declared())
def test_the_reference_gets_full_score_on_any_small_network(one: Declared) -> None:
    exercise = ask_all(one)
    assert lost(judged(exercise, reference(exercise))) == []


def test_a_field_that_follows_names_what_it_follows_from() -> None:
    found = judged(LOGISTIC, consistent(LOGISTIC, {"out_h1": 0.61}))
    follows = {name: field.expected_from for name, field in found.fields.items() if field.verdict is Verdict.FOLLOWS}
    assert follows["net_o1"] == ("out_h1",)
    assert follows["dnet_dw5"] == ("out_h1",)
    assert follows["dE_dw5"] == ("delta_o1", "dnet_dw5")
    assert "net_o1" in follows["out_o1"]


def test_skipped_fields_are_bridged() -> None:
    values = consistent(LOGISTIC, {"net_h1": 0.0275})
    found = judged(LOGISTIC, {name: values[name] for name in ("net_h1", "net_o1", "E_total")})
    assert verdicts(found)["net_o1"] is Verdict.FOLLOWS
    assert found.fields["net_o1"].expected_from == ("net_h1",)
    assert verdicts(found)["E_total"] is Verdict.FOLLOWS


@pytest.mark.parametrize("out", [0.0, 1.0, 1.5, -0.2])
def test_nothing_follows_from_an_output_that_a_logistic_node_cannot_have(out: float) -> None:
    found = verdicts(judged(LOGISTIC, consistent(LOGISTIC, {"out_h1": out})))
    assert {found[name] for name in ("out_h1", "net_o1", "net_o2", "dnet_dw5", "dout_dnet_h1")} <= NOTHING
    assert found["out_o1"] is Verdict.FOLLOWS


def test_nothing_follows_from_a_slope_that_makes_all_later_steps_vanish() -> None:
    found = verdicts(judged(LOGISTIC, consistent(LOGISTIC, {"dout_dnet_o1": 1e-9})))
    assert {found[name] for name in ("dout_dnet_o1", "delta_o1")} <= NOTHING


def test_nothing_follows_from_an_output_that_is_its_target() -> None:
    found = verdicts(judged(LOGISTIC, consistent(LOGISTIC, {"out_o1": 0.01})))
    assert {found[name] for name in ("out_o1", "E_o1", "dE_dout_o1")} <= NOTHING


@pytest.mark.parametrize("delta", ["0", "1e-12", "-1e-300"])
def test_a_delta_of_nearly_nothing_earns_no_old_weights(delta: str) -> None:
    values = consistent(LOGISTIC, {"delta_o1": float(delta)})
    assert values["w5_new"] == pytest.approx(0.4, abs=1e-12)
    found = verdicts(judged(LOGISTIC, values))
    assert {found[name] for name in ("delta_o1", "w5_new", "w6_new")} <= NOTHING


@pytest.mark.parametrize("nudge", [0.0, 1e-15, -1e-12])
def test_weights_that_were_not_updated_earn_no_error_that_has_not_changed(nudge: float) -> None:
    old = {f"w{k}_new": lecture().given[f"w{k}"] + nudge for k in range(1, 9)}
    values = consistent(LOGISTIC, old)
    found = verdicts(judged(LOGISTIC, {**reference(LOGISTIC), **old, "E_total_new": values["E_total_new"]}))
    assert {found[name] for name in (*old, "E_total_new")} <= NOTHING


def test_a_relu_that_is_off_in_the_students_own_pass_is_followed_to_weights_that_stay() -> None:
    values = consistent(RELU, {"net_h1": -0.4})
    assert values["delta_h1"] == 0
    assert values["w1_new"] == 0.15
    found = judged(RELU, values)
    assert lost(found) == ["net_h1"]


def test_a_zero_that_no_relu_explains_is_not_followed() -> None:
    found = verdicts(judged(RELU, consistent(RELU, {"delta_o1": 0.0})))
    assert {found[name] for name in ("delta_o1", "dE_dw5", "w5_new")} <= NOTHING


def test_an_identity_is_no_relu() -> None:
    found = verdicts(judged(LINEAR, consistent(LINEAR, {"out_h1": 0.0})))
    assert {found[name] for name in ("out_h1", "dnet_dw5", "dE_dw5", "w5_new")} <= NOTHING


def test_steps_that_are_all_zero_are_followed_into_the_sum() -> None:
    exercise = ask_all(step_network())
    found = judged(exercise, consistent(exercise, {"net_3": -2.0, "net_4": -1.0}))
    assert lost(found) == ["net_3", "net_4"]
    assert verdicts(found)["net_5"] is Verdict.FOLLOWS


def test_a_sum_of_zero_that_no_step_explains_is_not_followed() -> None:
    exercise = ask_all(step_network())
    values = {**consistent(exercise, {"net_3": -2.0}), "out_3": 0.0, "out_4": 1.0, "net_5": 0.0}
    assert verdicts(judged(exercise, values))["net_5"] in NOTHING


def test_an_input_of_zero_does_not_hide_the_zero_of_a_relu() -> None:
    nodes = (Node("a", (Edge("w1", "x"), Edge("w2", "y"))),)
    top = Node("b", (Edge("v1", "a"),))
    network = Network(("x", "y"), (Layer(nodes, "relu"), Layer((top,), "identity")), "half-squared", "eta")
    given_ = {"x": 0.0, "y": 1.0, "w1": 0.5, "w2": 0.5, "v1": 2.0, "target_b": 3.0, "eta": 0.5}
    exercise = ask_all(Declared(network, given_))
    found = judged(exercise, consistent(exercise, {"net_a": -0.5}))
    assert lost(found) == ["net_a"]
