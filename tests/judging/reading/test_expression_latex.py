import pytest
from hypothesis import assume, given

from grader.judging.reading.expression import Expression, to_latex
from grader.judging.reading.numbers import Unreadable
from grader.judging.reading.parser import MAX_LENGTH, read_formula
from grader.web.markup import formula
from tests.judging.reading.trees import NAMES, TREES

LABELS = {
    "target_o1": r"\mathit{target}_{o1}",
    "out_o1": r"\mathit{out}_{o1}",
    "out_h1": r"\mathit{out}_{h1}",
    "delta_o1": r"\delta_{o1}",
    "eta": r"\eta",
    "w5": "w_{5}^{+}",
}


def echo(text: str) -> str:
    found = read_formula(text, NAMES)
    assert found is not None
    return to_latex(found.expression, LABELS)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("eta*delta_o1", r"\eta \cdot \delta_{o1}"),
        ("-(eta - delta_o1)*eta", r"-\left(\eta - \delta_{o1}\right) \cdot \eta"),
        ("eta*(1-eta)", r"\eta \cdot \left(1 - \eta\right)"),
        ("eta - (eta - 1)", r"\eta - \left(\eta - 1\right)"),
        ("eta - eta - 1", r"\eta - \eta - 1"),
        ("eta*-eta", r"\eta \cdot \left(-\eta\right)"),
        ("eta*(-eta*eta)", r"\eta \cdot \left(-\eta \cdot \eta\right)"),
        ("eta - -eta", r"\eta - \left(-\eta\right)"),
        ("--eta", r"-\left(-\eta\right)"),
        ("(eta+1)/(eta*2)", r"\frac{\eta + 1}{\eta \cdot 2}"),
        ("eta^2", r"\eta^{2}"),
        ("-eta^2", r"-\eta^{2}"),
        ("(-eta)^2", r"\left(-\eta\right)^{2}"),
        ("eta^2^3", r"\eta^{2^{3}}"),
        ("(eta^2)^3", r"\left(\eta^{2}\right)^{3}"),
        ("(eta/2)^2", r"\left(\frac{\eta}{2}\right)^{2}"),
        ("w5^2", r"\left(w_{5}^{+}\right)^{2}"),
        ("1/(1+e^(-eta))", r"\frac{1}{1 + e^{-\eta}}"),
        ("exp(-eta)", r"e^{-\eta}"),
        ("exp(eta)^2", r"\left(e^{\eta}\right)^{2}"),
        ("ln(eta) + log(eta)", r"\ln\left(\eta\right) + \log\left(\eta\right)"),
        ("tanh(eta)^2", r"\tanh\left(\eta\right)^{2}"),
        ("sqrt(eta)", r"\sqrt{\eta}"),
        ("abs(eta)", r"\left|\eta\right|"),
        ("sigma(eta)", r"\sigma\left(\eta\right)"),
        ("sigmoid(eta)", r"\operatorname{sigmoid}\left(\eta\right)"),
        ("0,5*eta", r"0.5 \cdot \eta"),
        ("1e-6*eta", r"1 \cdot 10^{-6} \cdot \eta"),
        ("(1e-6)^2", r"\left(1 \cdot 10^{-6}\right)^{2}"),
    ],
)
def test_a_formula_is_shown_as_it_was_read(text: str, latex: str) -> None:
    assert echo(text) == latex


@given(TREES)
def test_every_formula_can_be_drawn(expression: Expression) -> None:
    drawn = formula(to_latex(expression, LABELS))
    assert drawn.startswith("<math")


@given(TREES)
def test_a_formula_that_is_shown_can_be_typed_as_it_is_shown(expression: Expression) -> None:
    labels = LABELS | {"w5": "w_{5}"}
    latex = to_latex(expression, labels)
    assume(len(latex) <= MAX_LENGTH)
    try:
        found = read_formula(latex, NAMES)
    except Unreadable as refusal:
        if refusal.detail.key != "formula.exponent":  # of e or 10, where exp(21) or 1e-21 was typed
            raise
        return
    assert found is not None
    assert to_latex(found.expression, labels) == latex
