import pytest

from grader.judging.answers import Entry, read_answers
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.exercises.figures import BACKPROP, COMPLETED, STEP, STEP_FIGURES, exercise, lost, report, verdicts

NOTHING = {Verdict.WRONG, Verdict.MISTAKEN}
OLD_WEIGHTS = {f"w{k}_new": value for k, value in enumerate(("0.15", "0.2", "0.25", "0.3", ".40"), start=1)}


def as_json_numbers(texts: dict[str, str]) -> Report:
    one = exercise(BACKPROP)
    return judge(one, [read_answers(one, {name: Entry(text, exact=True) for name, text in texts.items()})])[0]


def test_the_widely_copied_figure_gets_nothing_and_costs_only_itself() -> None:
    found = report(BACKPROP, {**COMPLETED, "E_total_new": "0.291027924"})
    assert lost(found) == ["E_total_new"]
    assert found.fields["E_total_new"].given == 0
    assert verdicts(found)["E_total_new"] in NOTHING
    assert found.first_wrong == "E_total_new"


@pytest.mark.parametrize("name", OLD_WEIGHTS)
def test_the_old_weight_as_updated_one_gets_nothing(name: str) -> None:
    found = report(BACKPROP, {**COMPLETED, name: OLD_WEIGHTS[name]})
    assert verdicts(found)[name] in NOTHING
    assert found.fields[name].given == 0
    assert set(lost(found)) <= {name, "E_total_new"}


@pytest.mark.parametrize("as_typed", [True, False])
def test_all_old_weights_and_the_old_error_get_nothing(as_typed: bool) -> None:
    old = {
        f"w{k}_new": f"{weight:.2f}" for k, weight in enumerate((0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55), start=1)
    }
    texts = {**COMPLETED, **old, "E_total_new": "0.298371109"}
    found = report(BACKPROP, texts) if as_typed else as_json_numbers(texts)
    assert lost(found) == [*old, "E_total_new"]
    assert found.score.given == 26.0


def test_a_blank_never_stops_the_marking_of_other_fields() -> None:
    for name in COMPLETED:
        found = report(BACKPROP, {**COMPLETED, name: ""})
        assert lost(found) == [name]
        assert verdicts(found)[name] is Verdict.MISSING


def test_a_first_value_that_is_wrong_costs_only_itself_when_the_rest_is_consistent() -> None:
    texts = {**STEP_FIGURES, "v3": "-2", "y3": "0", "v5": "-1", "y5": "0"}
    found = report(STEP, texts)
    assert lost(found) == ["v3"]
    assert found.first_wrong == "v3"
    assert found.fields["y3"].expected_from == ("v3",)
    assert found.fields["v5"].expected_from == ("y3",)
    assert found.fields["y5"].expected_from == ("v5",)


def test_a_later_value_that_is_right_stays_correct_after_a_wrong_one() -> None:
    found = verdicts(report(BACKPROP, {**COMPLETED, "net_h1": "0.9123456"}))
    assert found["out_h1"] is Verdict.CORRECT


def test_rounding_of_earlier_values_is_allowed_for_later_ones() -> None:
    texts = {**COMPLETED, "E_o1": "0.275", "E_total": "0.29856"}
    found = verdicts(report(BACKPROP, texts))
    assert found["E_o1"] is Verdict.IMPRECISE
    assert found["E_total"] is Verdict.FOLLOWS


@pytest.mark.parametrize(
    ("name", "text"),
    [("out_h1", "0.593"), ("net_h1", "0.378"), ("net_h2", "0.393"), ("E_o2", "0.024"), ("E_total", "0.298")],
)
def test_too_few_digits_are_imprecise_and_half_the_marks(name: str, text: str) -> None:
    found = report(BACKPROP, {name: text})
    assert verdicts(found)[name] is Verdict.IMPRECISE
    assert found.fields[name].given == 0.5
    assert "significant digits are required" in (found.fields[name].note or "")
    assert found.first_wrong is None


@pytest.mark.parametrize(("name", "text"), [("out_h1", "0.58"), ("out_h1", "0.5"), ("out_h1", "0.5933999")])
def test_a_wrong_value_is_never_called_rounding(name: str, text: str) -> None:
    assert verdicts(report(BACKPROP, {name: text}))[name] in NOTHING


@pytest.mark.parametrize(
    ("name", "text"),
    [("w1_new", "0.15"), ("w5_new", "0.4"), ("w8_new", "0.55"), ("dE_dw1", "0"), ("dE_dw1", "0.0"), ("dE_dw1", "-0")],
)
def test_neither_an_old_weight_nor_zero_is_ever_imprecise(name: str, text: str) -> None:
    assert verdicts(report(BACKPROP, {name: text}))[name] in NOTHING


def test_a_number_from_a_program_is_never_imprecise() -> None:
    found = verdicts(as_json_numbers({"out_h1": "0.593", "net_h1": "0.378"}))
    assert found["out_h1"] in NOTHING
    assert found["net_h1"] in NOTHING


def test_a_fraction_is_never_imprecise() -> None:
    assert verdicts(report(BACKPROP, {"out_h1": "593/1000"}))["out_h1"] in NOTHING


def test_digits_that_fit_a_mistake_as_well_are_told_to_be_too_few() -> None:
    found = report(BACKPROP, {"E_total_new": "0.29103"})
    assert found.fields["E_total_new"].verdict is Verdict.UNDECIDED
    assert found.fields["E_total_new"].given == 0.5
    assert "Too few digits" in (found.fields["E_total_new"].note or "")


DELTAS = ("delta_o1", "delta_o2", "delta_h1", "delta_h2")
NEGATED = {name: str(-float(COMPLETED[name])) for name in DELTAS}


def test_the_opposite_sign_convention_is_accepted_and_said() -> None:
    found = report(BACKPROP, {**COMPLETED, **NEGATED})
    assert lost(found) == []
    assert len(found.notes) == 1
    assert report(BACKPROP, COMPLETED).notes == ()


def test_one_negated_delta_is_no_convention() -> None:
    found = report(BACKPROP, {**COMPLETED, "delta_o1": NEGATED["delta_o1"]})
    assert "delta_o1" in lost(found)
    assert found.notes == ()


def test_negated_gradients_are_no_convention() -> None:
    gradients = {name: str(-float(text)) for name, text in COMPLETED.items() if name.startswith("dE_dw")}
    found = report(BACKPROP, {**COMPLETED, **NEGATED, **gradients})
    assert found.notes == ()
    assert found.score.given < found.score.max
