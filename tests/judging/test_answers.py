import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judging.answers import Entry, entries_from_json, entries_to_json, read_answers
from tests.exercises.figures import STEP, STEP_FIGURES, answers, exercise

ENTRIES = st.dictionaries(
    st.sampled_from(("v3", "v4", "y3", "nonsense")) | st.text(max_size=60),
    st.builds(Entry, st.text(max_size=120) | st.floats().map(repr), st.booleans()),
    max_size=8,
)


def test_all_that_was_typed_is_read() -> None:
    found = answers(STEP, STEP_FIGURES)
    assert {name: number.value for name, number in found.numbers.items()} == {
        name: float(text) for name, text in STEP_FIGURES.items()
    }
    assert found.missing == frozenset()
    assert found.problems == ()


def test_blank_and_unsent_fields_are_missing_and_no_problem() -> None:
    found = answers(STEP, {"v3": "2", "v4": "  "})
    assert found.missing == {"v4", "y3", "y4", "v5", "y5"}
    assert found.problems == ()


def test_all_problems_are_named_at_once_in_the_order_of_the_fields() -> None:
    found = answers(STEP, {"zzz": "1", "y5": "nan", "v4": "1", "v3": "two", "aaa": ""})
    assert [(problem.field, problem.code) for problem in found.problems] == [
        ("v3", "unreadable"),
        ("y5", "unreadable"),
        ("zzz", "unknown-field"),
        ("aaa", "unknown-field"),
    ]


def test_an_answer_may_begin_with_the_name_of_its_own_field() -> None:
    found = answers(STEP, {"v3": "v₃ = 2", "y3": "Y3 ≈ 1", "v4": "v5 = 1"})
    assert {name: (number.value, number.text) for name, number in found.numbers.items()} == {
        "v3": (2.0, "v₃ = 2"),
        "y3": (1.0, "Y3 ≈ 1"),
    }
    assert [(problem.field, problem.detail.partition(".")[0]) for problem in found.problems] == [
        ("v4", "The word “v5” is not allowed here")
    ]


def test_an_unreadable_field_is_not_missing_and_has_no_number() -> None:
    found = answers(STEP, {"v3": "two"})
    assert "v3" not in found.missing
    assert "v3" not in found.numbers


def test_an_unknown_field_is_told_with_the_name_of_the_exercise() -> None:
    (problem,) = answers(STEP, {"v9": "1"}).problems
    assert problem.detail == "step-network-forward has no field called 'v9'."


def test_a_long_unknown_name_is_not_repeated_in_full() -> None:
    (problem,) = answers(STEP, {"v" * 100_000: "1"}).problems
    assert len(problem.detail) < 120


@given(ENTRIES)
def test_reading_never_raises_and_each_field_has_one_fate(entries: dict[str, Entry]) -> None:
    found = read_answers(exercise(STEP), entries)
    unreadable = {problem.field for problem in found.problems if problem.code == "unreadable"}
    fates = [*found.numbers, *found.missing, *unreadable]
    assert sorted(fates) == sorted(exercise(STEP).field_names)
    assert {p.field for p in found.problems if p.code == "unknown-field"} == entries.keys() - STEP_FIGURES.keys()


@given(ENTRIES)
def test_stored_answers_are_read_back_as_they_were_sent(entries: dict[str, Entry]) -> None:
    stored = json.loads(json.dumps(entries_to_json(entries)))
    assert entries_from_json(stored) == entries


@pytest.mark.parametrize("stored", [0.3775, None, ["1"], {"number": 1}, {"text": "1"}])
def test_stored_answers_of_another_form_are_our_fault_and_raise(stored: object) -> None:
    with pytest.raises(TypeError, match="neither text, a number nor a file"):
        entries_from_json({"v3": stored})


def test_numbers_and_formulas_are_read_as_their_fields_ask() -> None:
    found = answers("delta-rule", {"dE_dw1": "delta_h1*i1", "w5_new": "", "dnet_dw5": "out_h2"})
    assert found.numbers == {}
    assert [formula.text for formula in found.formulas.values()] == ["delta_h1*i1"]
    assert "w5_new" in found.missing
    assert "dnet_dw5" not in found.missing
    assert [problem.field for problem in found.problems] == ["dnet_dw5"]
