"""Knowing nothing earns nothing; slips cost themselves."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.catalog.load import load_folder
from grader.judging.judge import judge
from grader.judging.verdict import Verdict
from tests.engine.networks import lecture
from tests.exercises.figures import BACKPROP, COMPLETED, lost, report, verdicts
from tests.fairness.judged import points_beyond, read_sheet
from tests.fairness.networks import foreign_network
from tests.fairness.strategies import STRATEGIES, allowed
from tests.judging.made import ask_all, consistent, judged, reference

FULL = ask_all(lecture())
EXERCISE = load_folder(Path(__file__).parents[2] / "exercises" / BACKPROP).exercise
NETS = ("net_h1", "net_h2", "net_o1", "net_o2")
ALL_ONES = ("out_h2", "net_o2", "out_o2", "delta_o2", "dE_dw8", "dE_dw4", "w4_new")


def test_ones_in_some_fields_are_judged_and_earn_nothing() -> None:
    found = report(BACKPROP, dict.fromkeys(ALL_ONES, "1"))
    assert found.score.given == 0


@pytest.mark.parametrize("text", ["0", "1e-300", "1e-9", "0.1", "0.5", "1", "1e300"])
def test_one_constant_in_every_field_earns_at_most_a_field(text: str) -> None:
    found = report(BACKPROP, dict.fromkeys(COMPLETED, text))
    assert found.score.given <= 1


def test_constants_by_kind_of_field_earn_little_and_it_is_said_why() -> None:
    sheet = dict.fromkeys(COMPLETED, "1e-9") | dict.fromkeys(("out_h1", "out_h2", "out_o1", "out_o2"), "0.5")
    found = report(BACKPROP, {**sheet, "dout_dnet_o1": "0.25", "dnet_dw5": "0.5"})
    assert found.score.given <= 0.15 * found.score.max
    assert "values that were not computed: net_h1" in (found.fields["out_h1"].note or "")


@pytest.mark.parametrize("share", [1e-6, 1e-4])
@pytest.mark.parametrize("slug", ["backprop-2-2-2", "foreign-3", "foreign-15", "foreign-16", "foreign-19"])
def test_a_constant_whose_last_digits_vary_is_a_constant(slug: str, share: float) -> None:
    exercise = EXERCISE if slug == "backprop-2-2-2" else foreign_network(int(slug.partition("-")[2]))
    assert exercise is not None
    for constant in (0.1, 0.5, 1.0):
        texts = {name: f"{constant * (1 + share * (k * 7 % 11) / 11):.9f}" for k, name in enumerate(exercise.asked)}
        answers = read_sheet(exercise, texts)
        assert points_beyond(exercise, answers, judge(exercise, [answers])[0]) <= allowed(exercise)


def test_guesses_by_kind_of_field_whose_last_digits_vary_earn_little() -> None:
    guesses = STRATEGIES["lively, by kind"](EXERCISE, random.Random(0))  # noqa: S311 - no secret
    texts = {
        name: f"{float(guess) * (1 + 1e-4 * (k * 7 % 11) / 11):.9g}" for k, (name, guess) in enumerate(guesses.items())
    }
    assert report(BACKPROP, texts).score.given <= 0.15 * EXERCISE.max_points


def test_outputs_that_saturate_carry_what_follows_though_they_are_nearly_the_same() -> None:
    nets = {"net_h1": 4.5123, "net_h2": 4.7344}
    assert set(lost(judged(FULL, consistent(FULL, nets)))) == set(nets)


def test_an_output_that_shows_digits_follows_though_they_are_near_a_round_number() -> None:
    """0.519989 is logistic of 0.08, in six digits; that it lies near 0.52 takes nothing from it."""
    short = {"net_h1": "0.08", "net_h2": "0.08", "out_h1": "0.519989"}
    assert judged(FULL, short).fields["out_h1"].verdict is Verdict.FOLLOWS


def test_outputs_near_one_show_nothing_and_nothing_follows_from_nets_that_saturate() -> None:
    nets = {"net_h1": "30.1", "net_h2": "31.5", "net_o1": "32.9", "net_o2": "34.2"}
    found = judged(FULL, nets | dict.fromkeys(("out_h1", "out_h2", "out_o1", "out_o2"), "0.99999"))
    assert found.score.given == 0


@pytest.mark.parametrize(("number", "verdict"), [(3, Verdict.FOLLOWS), (4, Verdict.WRONG)])
def test_a_right_value_of_two_digits_vouches_for_three_others_and_not_for_four(number: int, verdict: Verdict) -> None:
    nets = dict.fromkeys(NETS[:number], 0.5)
    outs = [f"out_{name[4:]}" for name in nets]
    sheet = nets | {name: consistent(FULL, nets)[name] for name in outs}
    found = judged(FULL, {**sheet, "dnet_dw7": "0.5933"})
    assert {found.fields[name].verdict for name in outs} == {verdict}


@pytest.mark.parametrize(("nets", "verdict"), [((0.35, 0.6), Verdict.FOLLOWS), ((0.5, 0.2), Verdict.WRONG)])
def test_nets_that_are_their_biases_carry_and_other_constants_do_not(nets: Sequence[float], verdict: Verdict) -> None:
    """Who forgets every product goes on from the biases."""
    entered = dict(zip(NETS, (nets[0], nets[0], nets[1], nets[1]), strict=True))
    outs = [f"out_{name[4:]}" for name in NETS]
    after = consistent(FULL, entered)
    found = judged(FULL, entered | {name: after[name] for name in outs})
    assert {found.fields[name].verdict for name in outs} == {verdict}


@pytest.mark.parametrize("out", [None, "1"])
def test_nothing_follows_from_nets_that_are_their_biases_without_a_value_that_was_computed(out: str | None) -> None:
    biases = dict(zip(NETS, ("0.35", "0.35", "0.6", "0.6"), strict=True))
    outs = {f"out_{name[4:]}": out or bias for name, bias in biases.items()}
    assert judged(FULL, dict.fromkeys(consistent(FULL, {}), "1") | biases | outs).score.given == 0


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("slip", [0.4, 0.8123, -0.3775, 3.775])
def test_a_slip_costs_itself_alone_however_short_it_is(name: str, slip: float) -> None:
    found = judged(FULL, consistent(FULL, {name: slip}))
    assert lost(found) == [name]


def test_an_output_that_its_node_cannot_have_is_named_as_such_and_nothing_else_is_blamed() -> None:
    found = judged(FULL, consistent(FULL, {"out_o1": 1.2}))
    assert found.fields["out_o1"].note == "out_o1 is outside the range of its activation function."
    assert "follows from out_o1" in (found.fields["E_o1"].note or "")
    assert not any(field.mistake for field in found.fields.values())


def test_a_forgotten_activation_is_named_once_and_the_rest_follows() -> None:
    found = judged(FULL, consistent(FULL, {name: reference(FULL)[f"net_{name[4:]}"] for name in ("out_o1", "out_o2")}))
    assert {name for name, field in found.fields.items() if field.mistake} == {"out_o1", "out_o2"}
    assert lost(found) == ["out_o1", "out_o2"]


def test_few_digits_early_leave_open_what_lies_between_them_and_the_unrounded_value() -> None:
    short = {**COMPLETED, "out_h1": "0.6"}
    assert verdicts(report(BACKPROP, {**short, "net_o1": "1.108598"}))["net_o1"] is Verdict.FOLLOWS
    assert verdicts(report(BACKPROP, {**short, "net_o1": "1.107"}))["net_o1"] is Verdict.FOLLOWS
    assert verdicts(report(BACKPROP, {**short, "net_o1": "1.115859"}))["net_o1"] is Verdict.WRONG
    assert (
        verdicts(report(BACKPROP, {**COMPLETED, "out_h1": "0.59", "net_o1": "1.104598"}))["net_o1"] is Verdict.FOLLOWS
    )
