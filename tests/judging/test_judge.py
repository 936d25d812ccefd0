import random
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.judging.answers import Entry, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.exercises.figures import (
    BACKPROP,
    COMPLETED,
    GATE,
    PRINTED,
    STEP,
    STEP_FIGURES,
    answers,
    exercise,
    lost,
    report,
    verdicts,
)

TYPED = st.sampled_from(
    ("", "0", "1", "-1", "0.5", "0.3775", "0.15", "1/3", "1e308", "-1e308", "1e-320", "-0.0", "7", "0.2910", "0.4")
)
SHEETS = st.dictionaries(st.sampled_from(tuple(COMPLETED)), TYPED, max_size=6).map(lambda off: {**COMPLETED, **off})


def test_every_printed_figure_is_correct_though_the_others_are_blank() -> None:
    found = verdicts(report(BACKPROP, PRINTED))
    assert {found[name] for name in PRINTED} == {Verdict.CORRECT}
    assert {found[name] for name in found.keys() - PRINTED.keys()} == {Verdict.MISSING}


def test_the_completed_figures_get_full_score() -> None:
    found = report(BACKPROP, COMPLETED)
    assert set(verdicts(found).values()) == {Verdict.CORRECT}
    assert found.score.given == found.score.max == 35.0
    assert found.first_wrong is None


def test_the_printed_step_network_gets_full_score() -> None:
    found = report(STEP, STEP_FIGURES)
    assert set(verdicts(found).values()) == {Verdict.CORRECT}
    assert found.score.given == found.score.max == 6.0


@pytest.mark.parametrize("name", [name for name in COMPLETED if not name.endswith("_new")])
def test_four_significant_digits_are_enough_where_the_statement_says_so(name: str) -> None:
    rounded = f"{float(COMPLETED[name]):.4g}"
    assert verdicts(report(BACKPROP, {name: rounded}))[name] is Verdict.CORRECT


@pytest.mark.parametrize("name", [name for name in COMPLETED if name.startswith("w")])
def test_six_decimals_of_an_updated_weight_are_enough(name: str) -> None:
    rounded = f"{float(COMPLETED[name]):.6f}"
    assert verdicts(report(BACKPROP, {name: rounded}))[name] is Verdict.CORRECT


def test_nothing_at_all_is_missing_and_not_wrong() -> None:
    found = report(BACKPROP, {})
    assert set(verdicts(found).values()) == {Verdict.MISSING}
    assert found.score.given == 0.0
    assert found.first_wrong is None


def test_all_fields_are_reported_in_the_order_of_the_exercise() -> None:
    assert tuple(report(BACKPROP, {}).fields) == exercise(BACKPROP).field_names


def test_first_wrong_is_first_in_the_order_of_the_computation() -> None:
    found = report(BACKPROP, {**COMPLETED, "dE_dw5": "7", "out_h2": "0.7123456", "w1_new": "3.123456"})
    assert found.first_wrong == "out_h2"


def test_a_field_that_was_refused_at_the_gate_counts_as_missing() -> None:
    found = verdicts(report(STEP, {**STEP_FIGURES, "v3": "two"}))
    assert found == dict.fromkeys(STEP_FIGURES, Verdict.CORRECT) | {"v3": Verdict.MISSING}


def test_no_submissions_give_no_reports() -> None:
    assert judge(exercise(BACKPROP), []) == []


def test_a_batch_of_the_gate_gives_each_its_own_rows() -> None:
    texts = [dict(zip(("w0", "w1", "w2"), values, strict=True)) for values in product(("-1.5", "1", "x"), repeat=3)]
    batch = [answers(GATE, text) for text in texts]
    assert judge(exercise(GATE), batch) == [judge(exercise(GATE), [one])[0] for one in batch]


@settings(max_examples=40, deadline=None)
@given(st.lists(SHEETS, min_size=2, max_size=12))
def test_a_batch_gives_what_its_singles_give(sheets: list[dict[str, str]]) -> None:
    batch = [answers(BACKPROP, sheet) for sheet in sheets]
    assert judge(exercise(BACKPROP), batch) == [judge(exercise(BACKPROP), [one])[0] for one in batch]


@settings(max_examples=40, deadline=None)
@given(SHEETS, st.randoms(use_true_random=False))
def test_the_order_in_which_fields_are_sent_changes_nothing(sheet: dict[str, str], chance: random.Random) -> None:
    names = list(sheet)
    chance.shuffle(names)
    assert report(BACKPROP, {name: sheet[name] for name in names}) == report(BACKPROP, sheet)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(tuple(COMPLETED)), TYPED, max_size=35))
def test_any_answers_get_a_report_whose_sum_is_its_score(sheet: dict[str, str]) -> None:
    found = report(BACKPROP, sheet)
    assert found.score.given == pytest.approx(sum(field.given for field in found.fields.values()), abs=1e-9)
    assert 0 <= found.score.given <= found.score.max
    assert {name for name, word in verdicts(found).items() if word is Verdict.MISSING} == {
        name for name in exercise(BACKPROP).field_names if not sheet.get(name)
    }


@pytest.mark.parametrize("text", ["1e308", "-1e308", "1e-320", "0", "1e300", "-7"])
@pytest.mark.parametrize("name", COMPLETED)
def test_an_extreme_value_costs_its_field_and_raises_no_warning(name: str, text: str) -> None:
    found = report(BACKPROP, {**COMPLETED, name: text})
    assert lost(found) == [name]


@pytest.mark.parametrize("texts", [("1e308",), ("-1e308",), ("1e308", "-1e308"), ("-1e308", "1e308", "0")])
def test_nothing_but_extreme_values_raises_no_warning(texts: tuple[str, ...]) -> None:
    sheet = {name: texts[k % len(texts)] for k, name in enumerate(exercise(BACKPROP).field_names)}
    assert report(BACKPROP, sheet).score.given < 6


def with_points(points: list[float]) -> Exercise:
    """Return the step network with these points for its parts."""
    one = exercise(STEP)
    parts = tuple(
        replace(part, fields=tuple(replace(field, points=worth / len(part.fields)) for field in part.fields))
        for part, worth in zip(one.parts, points, strict=True)
    )
    return replace(one, parts=parts)


def full_marks(one: Exercise) -> Report:
    return judge(one, [read_answers(one, {name: Entry(text) for name, text in STEP_FIGURES.items()})])[0]


@given(st.lists(st.floats(0.01, 1000), min_size=2, max_size=2))
def test_full_marks_are_all_there_is_whatever_the_points(points: list[float]) -> None:
    found = full_marks(with_points(points))
    assert found.score.given == found.score.max == pytest.approx(sum(points), abs=1e-8)
