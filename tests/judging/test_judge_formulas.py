from collections.abc import Mapping

import numpy as np
import pytest

from grader.catalog.load import load_revision
from grader.judging.answers import Entry, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.judge_formulas import agrees, formula_keys
from grader.judging.report import FieldReport, Report
from grader.judging.sign_convention import NOTE
from grader.judging.verdict import Verdict
from tests.exercises.figures import exercise, lost, report, verdicts

RULE = "delta-rule"

RIGHT: Mapping[str, str] = {
    "dE_dout_o1": "-(target_o1 - out_o1)",
    "dout_dnet_o1": "out_o1 * (1 - out_o1)",
    "dnet_dw5": "out_h1",
    "delta_o1": "-(target_o1 - out_o1) * out_o1 * (1 - out_o1)",
    "dE_dw5": "-(target_o1 - out_o1) * out_o1 * (1 - out_o1) * out_h1",
    "delta_h1": "(delta_o1 * w5 + delta_o2 * w7) * out_h1 * (1 - out_h1)",
    "dE_dw1": "delta_h1 * i1",
    "w5_new": "w5 - eta * delta_o1 * out_h1",
}

NETWORK = """
title = "Made"

[network]
inputs = ["i1", "i2"]
loss = "half-squared"
learning_rate = 0.5

[[network.layers]]
nodes = ["h1", "h2"]
activation = "{hidden}"

[[network.layers]]
nodes = ["o1", "o2"]
activation = "{output}"

"""


def made(rest: str, hidden: str = "logistic", output: str = "logistic") -> Exercise:
    """A 2-2-2 network without biases, with what is asked of it."""
    text = NETWORK.format(hidden=hidden, output=output) + rest
    return load_revision("made", {"exercise.toml": text}).exercise


def asking(**formulas: str) -> str:
    """A part that asks formulas; each in the variables that are named, with spaces between."""
    lines = (f"{name} = {variables.split()!r}" for name, variables in formulas.items())
    return "\n".join(('[[parts]]\ntitle = "Formulas"\npoints = 4\n[parts.formulas]', *lines))


def judged(asked: Exercise, **texts: str) -> Report:
    answers = read_answers(asked, {name: Entry(text) for name, text in texts.items()})
    assert answers.problems == ()
    return judge(asked, [answers])[0]


def field(name: str, text: str) -> FieldReport:
    """The judgement of one formula of the delta rule, all others right."""
    return report(RULE, {**RIGHT, name: text}).fields[name]


def test_the_lecture_s_formulas_get_full_score() -> None:
    found = report(RULE, RIGHT)
    assert set(verdicts(found).values()) == {Verdict.CORRECT}
    assert found.score.given == found.score.max == 13.0
    assert found.notes == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dE_dout_o1", "out_o1 - target_o1"),
        ("dout_dnet_o1", "out_o1 - out_o1^2"),
        ("dout_dnet_o1", "0.25 - (out_o1 - 0.5)^2"),
        ("dout_dnet_o1", "exp(ln(out_o1) + ln(1 - out_o1))"),
        ("dout_dnet_o1", "1/(1/out_o1 + 1/(1 - out_o1))"),
        ("dnet_dw5", "out_h1 + 0*i1"),
        ("delta_o1", "(out_o1 - target_o1) * (out_o1 - out_o1**2)"),
        ("dE_dw5", "out_h1*out_o1*(out_o1 - target_o1 - out_o1^2 + target_o1*out_o1)"),
        ("w5_new", "w5*(1 - eta*delta_o1*out_h1/w5)"),
    ],
)
def test_a_formula_may_be_arranged_in_any_way(name: str, text: str) -> None:
    assert field(name, text).verdict is Verdict.CORRECT


@pytest.mark.parametrize(
    ("name", "text", "mistake"),
    [
        ("dE_dout_o1", "target_o1 - out_o1", "error-sign"),
        ("dE_dout_o1", "2*(out_o1 - target_o1)", "half-missing"),
        ("dE_dout_o1", "(out_o1 - target_o1)/2", "mean-for-sum"),
        ("dout_dnet_o1", "sigmoid(out_o1)*(1 - sigmoid(out_o1))", "derivative-at-output"),
        ("dnet_dw5", "i1", "input-for-activation"),
        ("delta_o1", "out_o1 - target_o1", "output-derivative-missing"),
        ("delta_o1", "(target_o1 - out_o1)*out_o1*(1 - out_o1)", "error-sign"),
        ("dE_dw5", "(out_o1 - target_o1)*out_h1", "output-derivative-missing"),
        ("dE_dw5", "2*(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1", "half-missing"),
        ("delta_h1", "delta_o1*w5 + delta_o2*w7", "hidden-derivative-missing"),
        ("delta_h1", "(delta_o1*w5 + delta_o2*w6)*out_h1*(1 - out_h1)", "backward-transposed"),
        ("delta_h1", "delta_o2*w7*out_h1*(1 - out_h1)", "single-path"),
        ("w5_new", "w5 + eta*delta_o1*out_h1", "ascent"),
        ("w5_new", "w5 - delta_o1*out_h1", "rate-missing"),
        ("w5_new", "w5 - 2*eta*delta_o1*out_h1", "rate-doubled"),
        ("w5_new", "w5", "not-updated"),
    ],
)
def test_a_mistake_is_named_by_what_it_makes_of_the_formula(name: str, text: str, mistake: str) -> None:
    found = field(name, text)
    assert (found.verdict, found.given) == (Verdict.MISTAKEN, 0.0)
    assert found.mistake is not None
    assert found.mistake.id == mistake
    assert found.mistake.sentence
    assert "64 points" in found.mistake.evidence


@pytest.mark.parametrize(
    ("name", "text", "pair"),
    [
        ("dE_dout_o1", "2*(target_o1 - out_o1)", {"half-missing", "error-sign"}),
        ("delta_o1", "2*(out_o1 - target_o1)", {"half-missing", "output-derivative-missing"}),
        ("delta_h1", "delta_o1*w5", {"hidden-derivative-missing", "single-path"}),
    ],
)
def test_two_mistakes_at_once_are_named_together(name: str, text: str, pair: set[str]) -> None:
    mistake = field(name, text).mistake
    assert mistake is not None
    assert set(mistake.id.split("+")) == pair
    assert mistake.sentence.count(".") >= 2


def test_what_gives_the_same_is_listed_as_an_alternative() -> None:
    asked = made(asking(w5_new="w5 eta target_o1 out_o1 out_h1"))
    found = judged(asked, w5_new="w5 - 2*eta*(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1").fields["w5_new"]
    assert found.mistake is not None
    assert found.mistake.id == "half-missing"
    assert "rate-doubled" in found.mistake.alternatives


@pytest.mark.parametrize(
    "text",
    ["out_o1*(1 + out_o1)", "0", "1", "out_o1", "0.18", "out_o1*(1 - out_o1)*1.000001", "out_o1*(1 - out_o1) + 1e-7"],
)
def test_anything_else_is_wrong(text: str) -> None:
    assert field("dout_dnet_o1", text).verdict is Verdict.WRONG


def test_a_wrong_formula_is_told_a_point_to_try_and_not_what_is_right_there() -> None:
    note = field("dout_dnet_o1", "2*out_o1").note
    assert note is not None
    value = formula_keys(exercise(RULE))["dout_dnet_o1"].points["out_o1"][0]
    assert note == f"For example, at out_o1 = {value:.6g} your formula gives {2 * value:.6g}, which is not correct."


@pytest.mark.parametrize("text", ["sqrt(-out_o1)", "1/0 + out_o1", "ln(out_o1 - 5)", "out_o1/(out_o1 - out_o1)"])
def test_a_formula_without_a_value_is_wrong_and_told_so(text: str) -> None:
    found = field("dout_dnet_o1", text)
    assert found.verdict is Verdict.WRONG
    assert str(found.note).startswith("For example, your formula is undefined at out_o1 = ")


def test_a_formula_that_has_a_value_only_at_some_points_is_wrong() -> None:
    assert field("dout_dnet_o1", "out_o1*(1 - out_o1) + 0*sqrt(out_o1 - 0.5)").verdict is Verdict.WRONG


def test_where_the_right_formula_has_no_value_nothing_is_compared() -> None:
    found, wanted = np.array([1.0, 5.0, 3.0]), np.array([1.0, np.nan, 3.0])
    assert agrees(found, wanted)
    assert not agrees(wanted, found)


def test_a_blank_formula_is_missing_and_stops_nothing() -> None:
    found = report(RULE, {**RIGHT, "delta_o1": "", "dE_dw5": " "})
    assert lost(found) == ["delta_o1", "dE_dw5"]
    assert found.fields["delta_o1"].verdict is Verdict.MISSING
    assert found.fields["delta_o1"].echo is None


def test_the_first_wrong_formula_in_the_order_of_the_computation_is_told() -> None:
    found = report(RULE, {**RIGHT, "w5_new": "w5", "dE_dw5": "out_h1"})
    assert found.first_wrong == "dE_dw5"


def test_what_was_typed_is_told_as_it_was_read_whatever_the_verdict() -> None:
    assert field("dE_dw1", "delta_h1*i1").echo == r"\delta_{h1} \cdot i_{1}"
    assert field("dE_dw1", "delta_h1/i1").echo == r"\frac{\delta_{h1}}{i_{1}}"
    assert field("w5_new", "w5").echo == "w_{5}"


def test_a_report_with_a_formula_comes_back_from_storage() -> None:
    found = report(RULE, {**RIGHT, "dE_dw5": "out_h1", "w5_new": "w5"})
    assert Report.from_json(found.to_json()) == found


def test_a_report_that_was_stored_before_there_were_formulas_can_be_read() -> None:
    raw = report(RULE, RIGHT).to_json()
    for told in raw["fields"].values():
        del told["echo"]
    assert Report.from_json(raw).fields["dE_dw1"].echo is None


def test_a_batch_is_judged_as_each_alone() -> None:
    asked = exercise(RULE)
    sheets = [RIGHT, {**RIGHT, "w5_new": "w5"}, {}, {"delta_o1": "target_o1"}]
    batch = [read_answers(asked, {name: Entry(text) for name, text in sheet.items()}) for sheet in sheets]
    assert judge(asked, batch) == [judge(asked, [answers])[0] for answers in batch]


class TestTheOtherSignOfNodeDeltas:
    TURNED: Mapping[str, str] = {
        **RIGHT,
        "delta_o1": "(target_o1 - out_o1) * out_o1 * (1 - out_o1)",
        "dE_dw1": "-delta_h1 * i1",
        "w5_new": "w5 + eta * delta_o1 * out_h1",
    }

    def test_it_is_accepted_with_a_note_where_it_is_kept_to_throughout(self) -> None:
        found = report(RULE, self.TURNED)
        assert set(verdicts(found).values()) == {Verdict.CORRECT}
        assert found.notes == (NOTE,)

    def test_two_negated_deltas_show_it(self) -> None:
        asked = made(asking(delta_o1="target_o1 out_o1", delta_o2="target_o2 out_o2"))
        found = judged(
            asked,
            delta_o1="(target_o1 - out_o1)*out_o1*(1 - out_o1)",
            delta_o2="(target_o2 - out_o2)*out_o2*(1 - out_o2)",
        )
        assert set(verdicts(found).values()) == {Verdict.CORRECT}
        assert found.notes == (NOTE,)

    def test_one_negated_delta_is_an_error_of_sign(self) -> None:
        found = report(RULE, {"delta_o1": self.TURNED["delta_o1"]})
        assert found.fields["delta_o1"].verdict is Verdict.MISTAKEN
        assert found.notes == ()

    def test_one_negated_delta_beside_a_right_gradient_is_the_convention(self) -> None:
        found = report(RULE, {"delta_o1": self.TURNED["delta_o1"], "dE_dw5": RIGHT["dE_dw5"]})
        assert found.fields["delta_o1"].verdict is found.fields["dE_dw5"].verdict is Verdict.CORRECT
        assert found.notes == (NOTE,)

    def test_a_step_that_does_not_fit_it_makes_it_an_error_of_sign(self) -> None:
        found = report(RULE, {**self.TURNED, "w5_new": RIGHT["w5_new"]})
        assert found.fields["delta_o1"].verdict is Verdict.MISTAKEN
        assert found.fields["w5_new"].verdict is Verdict.CORRECT

    def test_a_negated_gradient_makes_it_an_error_of_sign(self) -> None:
        found = report(RULE, {**self.TURNED, "dE_dw5": "(target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1"})
        assert verdicts(found)["delta_o1"] is verdicts(found)["dE_dw5"] is Verdict.MISTAKEN

    def test_gradients_alone_never_qualify(self) -> None:
        found = report(RULE, {"dE_dw1": self.TURNED["dE_dw1"], "w5_new": self.TURNED["w5_new"]})
        assert Verdict.CORRECT not in (verdicts(found)["dE_dw1"], verdicts(found)["w5_new"])

    def test_a_gradient_that_may_be_written_without_its_delta_does_not_spoil_it(self) -> None:
        asked = made(
            asking(delta_o1="target_o1 out_o1", delta_o2="target_o2 out_o2", dE_dw5="target_o1 out_o1 out_h1 delta_o1")
        )
        for gradient in ("-delta_o1*out_h1", "(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1"):
            found = judged(
                asked,
                delta_o1="(target_o1 - out_o1)*out_o1*(1 - out_o1)",
                delta_o2="(target_o2 - out_o2)*out_o2*(1 - out_o2)",
                dE_dw5=gradient,
            )
            assert set(verdicts(found).values()) == {Verdict.CORRECT}, gradient


def test_a_variable_that_follows_from_others_may_be_used_or_not() -> None:
    asked = made(asking(delta_o1="target_o1 net_o1 out_o1"))
    for out in ("out_o1", "sigmoid(net_o1)", "1/(1 + exp(-net_o1))"):
        found = judged(asked, delta_o1=f"({out} - target_o1)*{out}*(1 - out_o1)")
        assert found.fields["delta_o1"].verdict is Verdict.CORRECT


def test_a_mistake_in_what_a_variable_follows_from_is_still_named() -> None:
    asked = made(asking(dE_dw5="target_o1 out_o1 out_h1 delta_o1"))
    assert judged(asked, dE_dw5="delta_o1*out_h1").fields["dE_dw5"].verdict is Verdict.CORRECT
    found = judged(asked, dE_dw5="(out_o1 - target_o1)*out_h1").fields["dE_dw5"].mistake
    assert found is not None
    assert found.id == "output-derivative-missing"


@pytest.mark.parametrize(
    ("activation", "slope", "swapped"),
    [("tanh", "1 - out_o1^2", "0.5*(1 - out_o1^2)"), ("half-tanh", "(1 - out_o1^2)/2", "1 - out_o1^2")],
)
def test_other_activations_have_their_own_slopes(activation: str, slope: str, swapped: str) -> None:
    asked = made(asking(dout_dnet_o1="out_o1"), output=activation)
    assert judged(asked, dout_dnet_o1=slope).fields["dout_dnet_o1"].verdict is Verdict.CORRECT
    assert judged(asked, dout_dnet_o1=swapped).fields["dout_dnet_o1"].verdict is not Verdict.CORRECT


def test_tanh_taken_for_half_tanh_is_named_in_a_formula() -> None:
    asked = made(asking(out_o1="net_o1"), output="half-tanh")
    found = judged(asked, out_o1="tanh(net_o1)").fields["out_o1"].mistake
    assert found is not None
    assert found.id == "tanh-for-half-tanh"


def test_numbers_and_formulas_stand_in_one_exercise() -> None:
    values = "\n".join(
        f"{name} = 0.3" for name in ("i1", "i2", *(f"w{k}" for k in range(1, 9)), "target_o1", "target_o2")
    )
    ask = '[[parts]]\ntitle = "Numbers"\npoints = 1\nask = ["net_h1"]\n'
    asked = made(f"[values]\n{values}\n{ask}{asking(w5_new='w5 dE_dw5')}")
    found = judged(asked, net_h1="0.18", w5_new="w5 - 0.5*dE_dw5")
    assert set(verdicts(found).values()) == {Verdict.CORRECT}
    assert judged(asked, net_h1="0.25", w5_new="w5").first_wrong == "net_h1"


def test_credit_is_the_exercise_s() -> None:
    asked = made("[credit]\nmistaken = 0.5\n" + asking(dE_dout_o1="target_o1 out_o1"))
    assert judged(asked, dE_dout_o1="target_o1 - out_o1").score.given == 2.0


def test_the_domain_may_be_set() -> None:
    domain = "[domain]\nout_o1 = [0.2, 0.3]\n"
    asked = made(domain + asking(dout_dnet_o1="out_o1"))
    values = formula_keys(asked)["dout_dnet_o1"].points["out_o1"]
    assert 0.2 < values.min() < values.max() < 0.3
