"""Variants that leave out what the printed values exercise: derivatives and updates of 0."""

from pathlib import Path

import numpy as np
import pytest

from grader.catalog.load import load_folder
from grader.catalog.verify import verify
from grader.judging.exercise import Exercise
from grader.judging.variants import draw, lively, survey, variant
from tests.catalog.folders import NODE, mend, right_answers, write
from tests.catalog.test_epochs import epoch

RELU = NODE.replace('"logistic"', '"relu"').replace('"tanh"', '"identity"')
WIDE = "w1 = { from = -1.0, to = 1.0, step = 0.1 }\nw2 = { from = -1.0, to = 1.0, step = 0.1 }"
DERIVATIVES = ("dE_dout_h", "dout_dnet_h", "delta_h", "dE_dw1", "dE_dw2", "dE_dw3")


def varied(directory: Path, ranges: str, text: str = RELU) -> Path:
    """A relu below an identity: with the printed values it is on."""
    text = text.replace("[[parts]]", f"[vary.values]\n{ranges}\n[[parts]]", 1)
    folder = write(directory / "relu", {"exercise.toml": text, "statement.md": "Work it out."})
    return write(folder, {"answers/correct/all.toml": right_answers(folder)})


def is_lively(exercise: Exercise, **others: float) -> bool:
    given = {given.name: np.array([others.get(given.name, given.value)]) for given in exercise.givens}
    return bool(lively(exercise, exercise.graph.evaluate(given), 1)[0])


@pytest.mark.long
def test_no_learner_gets_a_variant_whose_gradients_are_0(tmp_path: Path) -> None:
    folder = varied(tmp_path, WIDE)
    exercise = load_folder(folder).exercise
    assert verify(folder) == ()
    for seed in range(100):
        values = variant(exercise, draw(exercise, seed)).reference
        assert all(abs(float(values[name])) > 1e-6 for name in DERIVATIVES)
        assert float(values["w1_new"]) != float(values["w1"])


def test_the_survey_counts_the_variants_that_exercise_less_than_the_printed_one(tmp_path: Path) -> None:
    exercise = load_folder(varied(tmp_path, "w1 = { choices = [0.9, 0.8, 0.0, -0.9] }")).exercise
    assert exercise.vary is not None
    # net_h = 0.7 w1 - 0.4 * 0.35 + 0.15: above 0 but for w1 = -0.9; w1 = 0 leaves 0.01.
    assert survey(exercise, exercise.vary).idle == 1


@pytest.mark.parametrize(("others", "expected"), [
    ({}, True),
    ({"w1": -0.9}, False),  # the relu is off
    ({"x1": 0.0, "b": 0.5}, False),  # dE/dw1 = 0
    ({"w3": 0.0}, False),  # no error comes back
    ({"x1": 0.5}, True),
])  # fmt: skip
def test_a_derivative_of_0_that_the_printed_values_do_not_have_is_noticed(
    tmp_path: Path, others: dict[str, float], expected: bool
) -> None:
    assert is_lively(load_folder(varied(tmp_path, WIDE)).exercise, **others) is expected


def test_a_target_that_is_met_but_for_rounding_leaves_nothing_to_learn(tmp_path: Path) -> None:
    exercise = load_folder(varied(tmp_path, WIDE)).exercise
    out = float(exercise.reference["out_o"])
    assert not is_lively(exercise, target_o=out)
    assert not is_lively(exercise, target_o=out * (1 + 1e-15))


def test_what_is_0_as_printed_may_be_0_in_a_variant(tmp_path: Path) -> None:
    off = RELU.replace("w1 = 0.9", "w1 = -0.9")
    assert is_lively(load_folder(varied(tmp_path, WIDE, off)).exercise, w1=-0.5)


def test_only_what_is_asked_has_to_be_lively(tmp_path: Path) -> None:
    forward = RELU.replace('ask = ["w1_new", "w3_new"]', 'ask = ["E_o"]')
    assert is_lively(load_folder(varied(tmp_path, WIDE, forward)).exercise, w1=-0.9)


def test_a_weight_of_an_epoch_may_change_in_another_row_than_printed(tmp_path: Path) -> None:
    exercise = load_folder(mend(epoch(tmp_path), "w0 = -0.6", "w0 = -0.2")).exercise
    changes = [float(exercise.reference[f"w1_{k}"]) - 0.3 for k in (1, 2)]
    assert changes == pytest.approx([0.0, -0.5])
    assert is_lively(exercise, w0=-0.6, w2=0.4)
    assert not is_lively(exercise, w0=-0.6, w2=0.4, target_row1=0.0, w1=-0.9)


def test_an_author_is_told_why_too_few_draws_can_be_used(tmp_path: Path) -> None:
    values = ", ".join(str(-k / 10) for k in range(1, 20))
    found = verify(varied(tmp_path, f"w1 = {{ choices = [0.9, {values}] }}"))
    assert [one.key for one in found] == ["vary"]
    assert "of 20 variants only 1 can be used" in found[0].reason
    assert "19 have a derivative or an update of 0 where the printed values have none" in found[0].reason


def test_an_author_is_told_which_mistake_leaves_too_few_draws(tmp_path: Path) -> None:
    # The output is 0.832: with a target near it w3 hardly moves, and old and updated weight send back the same error.
    near = ", ".join(f"{0.8 + k / 1000:g}" for k in range(1, 30))
    folder = varied(tmp_path, f"target_o = {{ choices = [0.25, {near}] }}")
    found = verify(folder)
    assert [one.key for one in found] == ["vary"]
    assert "of 30 variants only 1 can be used: 0 lie near" in found[0].reason
    assert "in 29 of the others a mistake comes within 4 tolerances" in found[0].reason
    assert "(stale-weights at w1_new in 29)" in found[0].reason
    assert "a narrower tolerance of w1_new" in found[0].reason
