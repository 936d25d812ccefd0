from pathlib import Path

import pytest

from grader.catalog.load import load_folder
from grader.judging.answers import Entry, read_answers
from grader.judging.judge import judge
from grader.judging.variants import VariantSurvey, draw, survey, variant
from grader.judging.verdict import Verdict
from tests.catalog.folders import gate, mend, node


def test_without_other_values_an_exercise_is_itself(tmp_path: Path) -> None:
    exercise = load_folder(node(tmp_path)).exercise
    assert variant(exercise, None) is exercise
    assert draw(exercise, 7) == {given.name: given.value for given in exercise.givens}


def test_the_reference_is_of_the_variants_own_values(tmp_path: Path) -> None:
    exercise = load_folder(node(tmp_path)).exercise
    values = {given.name: given.value for given in exercise.givens} | {"x1": 0.0, "x2": 0.0, "b": 0.75}
    assert float(variant(exercise, values).reference["net_h"]) == pytest.approx(0.75)
    assert float(exercise.reference["net_h"]) != pytest.approx(0.75)


@pytest.mark.parametrize(("bias", "verdict"), [(-1.5, Verdict.CORRECT), (0.5, Verdict.WRONG)])
def test_weights_are_tried_together_with_the_variants_own_values(tmp_path: Path, bias: float, verdict: Verdict) -> None:
    folder = mend(gate(tmp_path), 'train = ["w0", "w1", "w2"]', 'train = ["w1", "w2"]')
    exercise = load_folder(mend(folder, "[[parts]]", "[values]\nw0 = -1\n[[parts]]")).exercise
    own = variant(exercise, {"w0": bias})
    answers = read_answers(own, {"w1": Entry("1"), "w2": Entry("1")})
    assert {field.verdict for field in judge(own, [answers])[0].fields.values()} == {verdict}


def test_values_beside_weights_that_are_to_be_found_can_be_drawn(tmp_path: Path) -> None:
    folder = mend(gate(tmp_path), 'train = ["w0", "w1", "w2"]', 'train = ["w1", "w2"]')
    vary = "[values]\nw0 = -1.5\n[vary.values]\nw0 = { choices = [-1.5, -1.25] }\n[[parts]]"
    exercise = load_folder(mend(folder, "[[parts]]", vary)).exercise
    assert exercise.vary is not None
    assert survey(exercise, exercise.vary) == VariantSurvey(looked_at=2, all=True, unfit=0, idle=0, narrow=0)
    assert {draw(exercise, seed)["w0"] for seed in range(20)} == {-1.5, -1.25}
