"""What the digits typed allow to say."""

from dataclasses import replace

import pytest

from grader.judging.exercise import Exercise
from grader.judging.tolerance import Tolerance
from grader.judging.verdict import Verdict
from tests.engine.networks import Declared, lecture
from tests.exercises.figures import BACKPROP, report, verdicts
from tests.judging.made import ask_all, judged, reference


def stepping(weight: float, rate: float) -> Exercise:
    """The lecture's network with another first weight and learning rate."""
    one = lecture()
    rate_name = one.network.learning_rate or ""
    return ask_all(Declared(one.network, {**one.given, "w1": weight, rate_name: rate}))


def with_tolerance(tolerance: Tolerance) -> Exercise:
    exercise = ask_all(lecture())
    part = exercise.parts[0]
    fields = tuple(replace(field, tolerance=tolerance) if field.name == "net_h1" else field for field in part.fields)
    return replace(exercise, parts=(replace(part, fields=fields),))


@pytest.mark.parametrize("text", ["0.3875", "0.3675"])
def test_the_edge_belongs_to_the_tolerance(text: str) -> None:
    found = judged(with_tolerance(Tolerance(0.01, 0.0)), {"net_h1": text})
    assert verdicts(found)["net_h1"] is Verdict.CORRECT


@pytest.mark.parametrize("text", ["0.38751", "0.36749"])
def test_what_lies_beyond_the_edge_is_wrong(text: str) -> None:
    found = judged(with_tolerance(Tolerance(0.01, 0.0)), {"net_h1": text})
    assert verdicts(found)["net_h1"] is not Verdict.CORRECT


@pytest.mark.parametrize(("name", "text"), [("delta_o1", "0.1384"), ("net_o1", "1.105")])
def test_digits_that_are_cut_off_are_imprecise_and_said_to_be_cut_off(name: str, text: str) -> None:
    found = report(BACKPROP, {name: text})
    assert verdicts(found)[name] is Verdict.IMPRECISE
    assert "truncated rather than rounded" in (found.fields[name].note or "")


@pytest.mark.parametrize("text", ["0.291", "0.29103", "0.2910277"])
def test_digits_that_fit_a_mistake_as_well_are_undecided(text: str) -> None:
    found = report(BACKPROP, {"E_total_new": text})
    assert verdicts(found)["E_total_new"] is Verdict.UNDECIDED
    assert found.first_wrong is None


@pytest.mark.parametrize(("name", "text"), [("E_total_new", "0.3"), ("w1_new", "0.15"), ("dE_dw1", "0")])
def test_one_digit_an_old_weight_and_zero_are_never_undecided(name: str, text: str) -> None:
    assert verdicts(report(BACKPROP, {name: text}))[name] in {Verdict.WRONG, Verdict.MISTAKEN}


def test_an_update_that_rounds_to_its_old_weight_with_all_digits_is_no_weight_left_as_it_was() -> None:
    exercise = stepping(3.0, 1e-5)
    right = reference(exercise)
    assert right["w1_new"] != 3.0
    assert f"{right['w1_new']:.8f}" == "3.00000000"
    found = judged(exercise, {**right, "w1_new": "3.00000000"})
    assert verdicts(found)["w1_new"] is Verdict.CORRECT
    assert verdicts(judged(exercise, {**right, "w1_new": "3"}))["w1_new"] is Verdict.MISTAKEN


def test_an_update_that_rounds_to_its_old_weight_with_the_digits_asked_for_is_imprecise() -> None:
    exercise = stepping(0.99, 0.5)
    right = reference(exercise)
    rate = 0.5 * 0.00004 / (0.99 - right["w1_new"])
    exercise = stepping(0.99, rate)
    right = reference(exercise)
    assert f"{right['w1_new']:.4f}" == "0.9900"
    found = judged(exercise, {**right, "w1_new": "0.9900"})
    assert verdicts(found)["w1_new"] is Verdict.IMPRECISE


def test_a_right_value_with_the_digits_asked_for_is_correct() -> None:
    one = lecture()
    exercise = ask_all(Declared(one.network, {**one.given, "b1": 0.9729}))
    assert f"{reference(exercise)['net_h1']:.4g}" == "1"
    assert verdicts(judged(exercise, {"net_h1": "1.000"}))["net_h1"] is Verdict.CORRECT


def test_a_zero_with_four_decimals_that_rounds_from_the_right_value_is_right() -> None:
    one = lecture()
    exercise = ask_all(Declared(one.network, {**one.given, "i1": 0.004}))
    right = reference(exercise)
    assert 0 < abs(right["dE_dw1"]) < 5e-5
    assert verdicts(judged(exercise, {**right, "dE_dw1": "0.0000"}))["dE_dw1"] is Verdict.CORRECT
    assert verdicts(judged(exercise, {**right, "dE_dw1": "0"}))["dE_dw1"] is Verdict.WRONG
