"""Mistakes that the lecture's 2-2-2 network can't show: many paths, thresholds, softmax, other functions."""

import math
from pathlib import Path

import pytest

from grader.catalog.load import load_folder
from grader.engine.mistakes import single_ways
from grader.judging.exercise import Exercise
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.catalog.folders import mend
from tests.catalog.test_epochs import epoch
from tests.engine.chance import Make, made
from tests.exercises.figures import verdicts
from tests.judging.made import ask_all, consistent, judged, reference
from tests.judging.test_properties import done_with


def wide(outputs: int) -> Exercise:
    return ask_all(made(Make((2, 3, outputs), "tanh", "logistic", "half-squared", "none", trains_biases=False, seed=4)))


def first_names(report: Report) -> dict[str, str]:
    """The mistake that each field is said to show."""
    return {name: field.mistake.id for name, field in report.fields.items() if field.mistake}


def sent_back(exercise: Exercise, paths: set[int], node: str = "h1_2") -> float:
    """The error of a hidden node with some of the paths alone, numbered from 1."""
    right = reference(exercise)
    weights = {given.name: given.value for given in exercise.givens}
    return sum(weights[f"w_{node}_o{k}"] * right[f"delta_o{k}"] for k in paths)


@pytest.mark.parametrize("path", range(1, 8))
def test_a_path_that_is_left_out_is_named_whichever_it_is(path: int) -> None:
    exercise = wide(7)
    wrong = sent_back(exercise, set(range(1, 8)) - {path})
    found = judged(exercise, consistent(exercise, {"dE_dout_h1_2": wrong}))
    assert first_names(found) == {"dE_dout_h1_2": "path-missing"}
    assert Verdict.WRONG not in verdicts(found).values()


@pytest.mark.parametrize("path", range(1, 8))
def test_a_path_that_is_taken_alone_is_named_whichever_it_is(path: int) -> None:
    exercise = wide(7)
    found = judged(exercise, consistent(exercise, {"dE_dout_h1_2": sent_back(exercise, {path})}))
    assert first_names(found) == {"dE_dout_h1_2": "single-path"}


def test_of_two_paths_one_left_out_is_one_taken_alone() -> None:
    exercise = wide(2)
    found = judged(exercise, consistent(exercise, {"dE_dout_h1_2": sent_back(exercise, {2})}))
    assert first_names(found) == {"dE_dout_h1_2": "single-path"}
    assert "path-missing" not in {way.id for way in single_ways(exercise.network, exercise.graph)}


@pytest.mark.parametrize(("activation", "low"), [("step", "0"), ("sign", "-1")])
def test_the_lower_value_at_the_threshold_is_named_as_that(tmp_path: Path, activation: str, low: str) -> None:
    folder = mend(mend(epoch(tmp_path), "w0 = -0.6", "w0 = -0.3"), '"step"', f'"{activation}"')
    exercise = load_folder(mend(folder, "x2 = 1, y = 0", f"x2 = 1, y = {low}")).exercise
    assert float(exercise.reference["net_1"]) == 0.0
    found = judged(exercise, consistent(exercise, {"y_1": float(low)}))
    assert first_names(found) == {"y_1": "step-zero-at-zero"}


def test_the_net_input_is_still_named_as_that_away_from_the_threshold(tmp_path: Path) -> None:
    exercise = load_folder(epoch(tmp_path)).exercise
    values = consistent(exercise, {"y_1": float(exercise.reference["net_1"])})
    assert first_names(judged(exercise, values))["y_1"] == "activation-missing"


def sheet_of(exercise: Exercise, mistake: str) -> dict[str, float]:
    """Everything as a student gets it who makes one mistake throughout."""
    return done_with(exercise, next(way for way in single_ways(exercise.network, exercise.graph) if way.id == mistake))


def softmax() -> Exercise:
    return ask_all(made(Make((3, 4, 3), "tanh", "softmax", "cross-entropy", "per node", trains_biases=True, seed=4)))


def test_softmax_without_its_exponentials_gives_shares_of_the_nets() -> None:
    exercise = softmax()
    values, nets = sheet_of(exercise, "softmax-unnormalised"), [reference(exercise)[f"net_o{k}"] for k in (1, 2, 3)]
    assert [values[f"out_o{k}"] for k in (1, 2, 3)] == pytest.approx([net / sum(nets) for net in nets])


def test_softmax_without_its_exponentials_is_named_at_the_outputs_alone() -> None:
    exercise = softmax()
    nets = [reference(exercise)[f"net_o{k}"] for k in (1, 2, 3)]
    values = consistent(exercise, {f"out_o{k}": net / sum(nets) for k, net in enumerate(nets, start=1)})
    found = judged(exercise, values)
    assert first_names(found) == {f"out_o{k}": "softmax-unnormalised" for k in (1, 2, 3)}


@pytest.mark.parametrize(("right", "mistake"), [("logistic", "tanh-for-logistic"), ("tanh", "logistic-for-tanh")])
@pytest.mark.parametrize("name", ["out_h1_2", "dout_dnet_h1_2"])
def test_one_function_taken_for_another_is_named_with_its_slope(right: str, mistake: str, name: str) -> None:
    make = Make((2, 3, 1), right, "identity", "half-squared", "per node", trains_biases=False, seed=11)
    exercise = ask_all(made(make))
    net = reference(exercise)["net_h1_2"]
    out = {"logistic": math.tanh(net), "tanh": 1 / (1 + math.exp(-net))}[right]
    own = reference(exercise)["out_h1_2"]
    slope = {"logistic": 1 - own**2, "tanh": own * (1 - own)}[right]
    found = judged(exercise, consistent(exercise, {name: out if name.startswith("out") else slope}))
    assert first_names(found)[name] == mistake


@pytest.mark.parametrize(("right", "mistake"), [("logistic", "tanh-for-logistic"), ("tanh", "logistic-for-tanh")])
def test_one_function_taken_for_another_throughout_is_named(right: str, mistake: str) -> None:
    exercise = ask_all(made(Make((3, 4, 2), right, right, "half-squared", "shared", trains_biases=False, seed=6)))
    found = judged(exercise, sheet_of(exercise, mistake))
    assert mistake in set(first_names(found).values())
    assert Verdict.WRONG not in verdicts(found).values()
