"""Errors of an author in a part that asks for formulas, and the problem reported for each."""

from pathlib import Path

import pytest

from grader.catalog.load import load_revision
from grader.catalog.validation import ExerciseErrors
from grader.catalog.verify import verify
from grader.judging.exercise import FieldKind
from tests.judging.test_judge_formulas import NETWORK, asking, made

DELTA = asking(delta_o1="target_o1 out_o1")


def refused(rest: str, network: str = NETWORK) -> dict[str, str]:
    """The reasons by key."""
    text = network.format(hidden="logistic", output="logistic") + rest
    with pytest.raises(ExerciseErrors) as refusal:
        load_revision("made", {"exercise.toml": text})
    return {problem.key: problem.reason for problem in refusal.value.problems}


@pytest.mark.parametrize(
    ("asked", "key", "reason"),
    [
        (asking(delta_o3="out_o1"), "parts.0.formulas.delta_o3", "delta_o3 is not computed by this network; did you"),
        (asking(target_o1="out_o1"), "parts.0.formulas.target_o1", "target_o1 is a given value; only what is computed"),
        (asking(delta_o1="delta_o1"), "parts.0.formulas.delta_o1", "delta_o1 can't be a variable of its own formula"),
        (
            asking(delta_o1="target_o1 output_o1"),
            "parts.0.formulas.delta_o1",
            "there is no output_o1 in this network; did you mean out_o1?",
        ),
        (asking(delta_o1="target_o1 out_o1 out_o1"), "parts.0.formulas.delta_o1", "the variable out_o1 is named twice"),
        (
            asking(dE_dw5="target_o1 out_o1"),
            "parts.0.formulas.dE_dw5",
            "dE_dw5 rests on dnet_dw5, which is no variable and follows from none: make it one, or what it follows from",
        ),
        (
            asking(w5_new="w5 dE_dw5", w6_new="w6 eta dE_dw6"),
            "parts.0.formulas.w5_new",
            "w5_new rests on eta, which is neither a variable nor a given value: make it one of them",
        ),
        (asking(net_h1="out_o1"), "parts.0.formulas.net_h1", "net_h1 depends on none of its variables"),
        (asking(delta_o1=""), "parts.0.formulas.delta_o1", "List should have at least 1 item"),
        ('[[parts]]\ntitle = "x"\npoints = 1\nformulas = {}', "parts.0.formulas", "at least 1 item"),
        ('[[parts]]\ntitle = "x"\npoints = 1\nformulas = { a = "b" }', "parts.0.formulas.a", "valid list"),
        ('[[parts]]\ntitle = "x"\npoints = 1', "parts.0", "needs either `ask` (computed quantities), `train`"),
        (DELTA.replace("[parts.f", 'ask = ["net_h1"]\n[parts.f'), "parts.0", "needs either `ask`"),
        (DELTA + "\n" + DELTA, "parts", "delta_o1 is asked more than once"),
        ("[domain]\nout_o1 = [0.9, 0.1]\n" + DELTA, "domain.out_o1", "must be [low, high], with low under high"),
        ("[domain]\nout_o1 = [0.9]\n" + DELTA, "domain.out_o1", "at least 2 items"),
        ("[domain]\nout_o1 = [0, inf]\n" + DELTA, "domain.out_o1.1", "finite number"),
        (
            "[domain]\nout_o2 = [0, 1]\n" + DELTA,
            "domain.out_o2",
            "is no free variable of a formula; did you mean out_o1",
        ),
        (
            "[domain]\nout_o1 = [0, 1]\n" + asking(delta_o1="target_o1 net_o1 out_o1"),
            "domain.out_o1",
            "is no free variable of a formula",
        ),
        (
            "[tolerance.fields]\ndelta_o1 = { digits = 3 }\n" + DELTA,
            "tolerance.fields.delta_o1",
            "is a formula, which is either correct or not, so it has no tolerance",
        ),
        ("[tolerance.fields]\ndelta_o2 = { digits = 3 }\n" + DELTA, "tolerance.fields.delta_o2", "is not asked"),
        (
            "[vary.values]\neta = { choices = [0.1, 0.2] }\n" + asking(w5_new="w5 dE_dw5"),
            "vary",
            "there is nothing to draw where only formulas are asked",
        ),
        ("[values]\nw9 = 1\n" + DELTA, "values.w9", "is no input, weight, bias or target"),
    ],
)
def test_the_author_is_told_which_key_and_why(asked: str, key: str, reason: str) -> None:
    found = refused(asked)
    assert key in found
    assert reason in found[key]


def test_a_quantity_that_a_variable_does_not_change_is_no_formula() -> None:
    network = NETWORK.replace('"{output}"', '"identity"')
    found = refused(asking(dout_dnet_o1="net_o1"), network)
    assert found["parts.0.formulas.dout_dnet_o1"] == "is 1 at every point of its domain, whatever its variables are"


def test_a_formula_without_a_value_in_its_domain_is_refused() -> None:
    network = NETWORK.replace('"{output}"', '"softmax"').replace("half-squared", "cross-entropy")
    found = refused("[domain]\nout_o1 = [-2, -1]\n" + asking(E_o1="target_o1 out_o1"), network)
    assert found["parts.0.formulas.E_o1"] == "has no value at most points of its domain: set [domain]"


@pytest.mark.parametrize("word", ["lambda", "sqrt", "Exp"])
def test_words_that_mean_something_else_in_a_formula_are_no_variables(word: str) -> None:
    network = NETWORK.replace('"{hidden}"', f'"logistic"\nweights = [["{word}", "w2"], ["w3", "w4"]]')
    found = refused(asking(net_h1=f"{word} i1 w2 i2"), network)
    reason = f"{word} can't be a variable: in a formula the word means something else"
    assert found["parts.0.formulas.net_h1"] == reason


def test_a_formula_needs_no_given_values() -> None:
    asked = made(asking(w5_new="w5 eta dE_dw5"))
    assert asked.givens == ()
    (field,) = asked.fields
    assert (field.kind, field.variables, field.points) == (FieldKind.FORMULA, ("w5", "eta", "dE_dw5"), 4.0)


def test_a_value_that_is_given_may_stand_in_a_formula_as_a_number() -> None:
    asked = made(asking(w5_new="w5 dE_dw5"))
    assert [given.name for given in asked.givens] == ["eta"]


def test_a_variable_that_is_not_needed_may_be_offered() -> None:
    assert made(asking(delta_o1="target_o1 out_o1 out_h1 i1")).fields[0].variables[-1] == "i1"


def test_points_are_shared_among_the_formulas() -> None:
    asked = made(asking(delta_o1="target_o1 out_o1", dE_dout_o1="target_o1 out_o1"))
    assert [field.points for field in asked.fields] == [2.0, 2.0]


def test_the_check_proves_the_rules_and_the_samples(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    (folder / "answers" / "correct").mkdir(parents=True)
    (folder / "statement.md").write_text("Write it.")
    (folder / "exercise.toml").write_text(NETWORK.format(hidden="tanh", output="half-tanh") + DELTA)
    sample = folder / "answers" / "correct" / "one.toml"
    sample.write_text('delta_o1 = "(out_o1 - target_o1)*(1 - out_o1^2)/2"')
    assert verify(folder) == ()
    sample.write_text('delta_o1 = "(out_o1 - target_o1)*(1 - out_o1^2)"')
    assert [problem.key for problem in verify(folder)] == ["delta_o1", ""]


def test_a_stored_revision_compares_at_the_same_points() -> None:
    one, other = (made(DELTA).parts[0].task for _ in range(2))
    assert one is not other
    assert repr(one) == repr(other)
