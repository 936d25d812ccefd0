import math
import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judging.reading.expression import (
    FUNCTIONS,
    OPERATIONS,
    BinaryOperation,
    Call,
    Constant,
    Expression,
    Negated,
    Variable,
    evaluate,
)
from grader.judging.reading.numbers import Unreadable
from grader.judging.reading.parser import MAX_LENGTH, Formula, read_formula
from tests.judging.reading.trees import NAMES, TREES

POINT = {name: np.asarray(0.1 * (k + 2)) for k, name in enumerate(NAMES)}
TARGET, OUT, HIDDEN, DELTA, ETA, W = (float(value) for value in POINT.values())


def formula(text: str, names: tuple[str, ...] = NAMES) -> Formula:
    found = read_formula(text, names)
    assert found is not None
    return found


def refused(text: str) -> str:
    """The reason for which a text is refused."""
    with pytest.raises(Unreadable) as refusal:
        read_formula(text, NAMES)
    return str(refusal.value)


def outcome(text: str) -> Formula | Unreadable | None:
    """What reading gives, or the refusal; nothing else is let through."""
    try:
        return read_formula(text, NAMES)
    except Unreadable as refusal:
        return refusal


def typed(expression: Expression) -> str:
    """Return a formula typed with brackets everywhere."""
    match expression:
        case Constant(value):
            return repr(value)
        case Variable(name):
            return name
        case Negated(of):
            return f"(-{typed(of)})"
        case BinaryOperation(sign, left, right):
            return f"({typed(left)} {sign} {typed(right)})"
        case Call(function, of):
            return f"{function}({typed(of)})"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-(target_o1 - out_o1) * out_o1 * (1 - out_o1) * out_h1", -(TARGET - OUT) * OUT * (1 - OUT) * HIDDEN),
        ("out_o1 - out_o1^2", OUT - OUT**2),
        ("out_o1 - out_o1**2", OUT - OUT**2),
        ("-out_o1^2", -(OUT**2)),
        ("2^-2", 0.25),
        ("2^3^2 / 2^9", 1.0),
        ("w5 − η·δ_o1 × out_h1", W - ETA * DELTA * HIDDEN),  # noqa: RUF001 - signs as people type them
        ("w5 \u2013 eta \u22c5 delta_o1 \u2217 out_h1", W - ETA * DELTA * HIDDEN),
        ("out_o1 ÷ 2", OUT / 2),
        ("0,5 * eta", 0.5 * ETA),
        (".5*eta + ,5*eta", ETA),
        ("2. * eta", 2 * ETA),
        ("5e-1*eta", 0.5 * ETA),
        ("007 * eta", 7 * ETA),
        ("1/(1 + e^(-w5))", 1 / (1 + math.exp(-W))),
        ("1/(1+exp(-w5)) - Sigmoid(w5)", 0.0),
        ("ln(w5) - log(w5)", 0.0),
        ("sqrt(w5)*sqrt(w5)", W),
        ("abs(-tanh(w5))", math.tanh(W)),
        ("+eta", ETA),
        ("  eta\u00a0\n", ETA),
        ("exp (eta)", math.exp(ETA)),
        ("((((eta))))", ETA),
        ("w5 - -w5", 2 * W),
        ("0.25", 0.25),
        ("out_o1(1 - out_o1)", OUT * (1 - OUT)),
        ("-(target_o1 - out_o1) out_o1 (1 - out_o1) out_h1", -(TARGET - OUT) * OUT * (1 - OUT) * HIDDEN),
        ("(w5)(w5)", W * W),
        ("2 out_o1", 2 * OUT),
        ("2out_o1", 2 * OUT),
        ("w\u2085", W),
        ("w_5 + w_{5} + W5", 3 * W),
        ("out_h_1", HIDDEN),
        ("OUT_o1", OUT),
        (r"\delta_{o1} out_{h1}", DELTA * HIDDEN),
        ("\u03b4\u2092\u2081 out\u2095\u2081", DELTA * HIDDEN),
        ("\u03b7\u03b4_o1", ETA * DELTA),
        ("\u03c3(w5) - sigma(w5)", 0.0),
        (r"\sigma\left(w_5\right) - \operatorname{sigmoid}(w_5)", 0.0),
        (r"\frac{1}{1+e^{-w_5}} - logistic(w5)", 0.0),
        (r"\frac{1}{\frac{1}{w_5}}", W),
        (r"\frac12(target_{o1} - out_{o1})^2", (TARGET - OUT) ** 2 / 2),
        ("\u00bd(target_o1 - out_o1)\u00b2", (TARGET - OUT) ** 2 / 2),
        ("2\u00bd w5", 2.5 * W),
        (r"w_{5} - \eta \cdot \delta_{o1} \times out_{h1}", W - ETA * DELTA * HIDDEN),
        ("w5\u00b2 eta", W**2 * ETA),
        ("w5^2(1 - w5)", W**2 * (1 - W)),
        ("e^(-w5) eta", math.exp(-W) * ETA),
        ("2e^(-w5)", 2 * math.exp(-W)),
        ("\u221a(w5)", math.sqrt(W)),
        (r"\sqrt{w_5}", math.sqrt(W)),
        (r"\left|-w_5\right|", W),
        ("[w5 - eta] * {2}", (W - ETA) * 2),
        ("$w_5$", W),
        ("= w5 - eta.", W - ETA),
        ("w5\u202e\u200b", W),
        ("\uff57\uff15 - \U0001d464\u0665", 0.0),
        ("\u0663 * w5", 3 * W),
    ],
)
def test_formulas_are_read_as_people_write_them(text: str, value: float) -> None:
    assert float(evaluate(formula(text).expression, POINT)) == pytest.approx(value, rel=1e-12, abs=1e-15)


GRADIENTS = ("w5", "eta", "dE_dw5", "w5_new")


@pytest.mark.parametrize(
    "typed",
    ["dE/dw5", "\u2202E/\u2202w\u2085", r"\frac{\partial E}{\partial w_5}", "\u2202E_total/\u2202w5", "dE_dw_5"],
)
def test_a_derivative_is_the_name_that_the_exercise_has_for_it(typed: str) -> None:
    found = formula(f"w5 - eta {typed}", GRADIENTS).expression
    assert found == formula("w5 - eta * dE_dw5", GRADIENTS).expression


@pytest.mark.parametrize("typed", ["w5_new", "w\u2085\u207a", "w_{5}^{+}", "w5_NEW"])
def test_a_value_after_the_step_has_a_plus(typed: str) -> None:
    assert formula(typed, GRADIENTS).expression == Variable("w5_new")


@pytest.mark.parametrize("typed", ["w_11", "w_{1,1}", "W11"])
def test_a_spelling_of_two_names_is_asked_about(typed: str) -> None:
    assert formula("w11", ("w1_1", "w11")).expression == Variable("w11")
    with pytest.raises(Unreadable, match="could be any of w1_1, w11; write the name exactly as given"):
        read_formula(typed, ("w1_1", "w11"))


def test_the_text_is_kept_as_it_was_typed() -> None:
    assert formula(" η·w5 ").text == " η·w5 "


@pytest.mark.parametrize("text", ["", " ", "\n", "\u00a0\u202f\t"])
def test_blank_is_no_formula(text: str) -> None:
    assert read_formula(text, NAMES) is None


def test_a_variable_goes_before_what_its_name_means_otherwise() -> None:
    assert formula("e * 2", ("e",)).expression == BinaryOperation("*", Variable("e"), Constant(2.0))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("w5 2", "An operator is missing between w5 and 2; multiplication is written with *, as in 2 * 3."),
        ("(w5)2", "An operator is missing between ) and 2; multiplication is written with *, as in 2 * 3."),
        (
            "1/2 w5",
            "It is unclear whether w5 is also part of the denominator: write an operator between 2 and w5, or use brackets",
        ),
        ("1/(2)(w5)", "It is unclear whether ( is also part of the denominator"),
        ("e^-w5 eta", "It is unclear whether eta belongs to the exponent: write an operator between w5 and eta"),
        ("e^2w5", "It is unclear whether w5 belongs to the exponent"),
        ("3 4", "An operator is missing between 3 and 4"),
        ("2e", "An operator is missing between 2 and e"),
        ("w5_new = w5 - eta", "Enter only the right-hand side of the = sign."),
        ("2e-w5", "An operator is missing between 2 and e"),
        ("w", "w is not known here; did you mean w5?"),
        ("out_h2", "out_h2 is not known here; did you mean out_h1?"),
        ("sigmod(w5)", "sigmod is not known here; did you mean sigmoid, sigma?"),
        ("x", "x is not known here; you can use the names target_o1, out_o1, out_h1, delta_o1, "),
        ("exp w5", "exp needs brackets around its argument: exp(…)."),
        ("2 * exp", "exp is a function: put its argument in brackets."),
        ("(w5", "1 bracket is not closed."),
        ("((w5", "2 brackets are not closed."),
        ("w5)", "There is a closing bracket without an opening one."),
        ("w5 +", "Something is missing or out of place; a formula looks like (a - b) * exp(-c) / 2."),
        ("* w5", "Something is missing or out of place;"),
        ("()", "Something is missing or out of place;"),
        ("w5 // eta", "Something is missing or out of place;"),
        ("exp(w5, eta)", "A comma is only allowed inside a number, as in 0,5; functions take one argument."),
        ("w5.real", "A point is only allowed inside a number, as in 0.5."),
        ("w5[0]", "Square brackets only group, as in [a - b] * c;"),
        ("(w5]", "The bracket ] closes a bracket of another kind."),
        (r"\foo w5", r"The command \foo is not allowed in a formula."),
        ("w5\u00b0", "The character “°” (U+00B0) is not allowed in a formula."),
        ("w5\x00", "The character U+0000 is not allowed in a formula."),
        ("1e13 * w5", "The number 1e13 is too large for a formula."),
        ("w5^21", "An exponent is larger than 20."),
        ("w5^-21", "An exponent is larger than 20."),
        ("w5^(1/0)", "An exponent is larger than 20."),
        ("x" * 600, "This has 600 characters; a formula may have at most 500."),
    ],
)
def test_the_reason_says_what_to_change(text: str, reason: str) -> None:
    assert refused(text).startswith(reason)


HOSTILE = (
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "w5.__class__",
    "w5.real",
    "w5[0]",
    "lambda: w5",
    "(lambda w5: w5)(1)",
    "[w5 for w5 in (1, 2)]",
    "{w5: 1}",
    "(w5 := 1)",
    "w5 if w5 else eta",
    "f'{w5}'",
    "f'{__import__(\"os\")}'",
    "'w5'",
    '"""w5',
    "b'w5'",
    "w5 and eta",
    "not w5",
    "w5 < eta",
    "w5 == eta",
    "w5 @ eta",
    "w5 % eta",
    "w5 << 9999",
    "~w5",
    "1j",
    "0x10",
    "0b1",
    "1_000",
    "...",
    "None",
    "True",
    "await w5",
    "yield",
    "import os",
    "exec('1')",
    "eval('1')",
    "open('/etc/passwd')",
    "print(w5)",
    "exp(*w5)",
    "exp(**w5)",
    "exp(x=w5)",
    "exp()",
    "exp(exp)",
    "*w5",
    "w5; eta",
    "w5 # a comment",
    "w5 $ eta",
    "`w5`",
    "9**9**9**9",
    "9^9^9^9^9^9",
    "2^(2^(2^(2^(2^9))))",
    "1e999",
    "9" * 500,
    "0." + "9" * 400 + "e400",
    "w5^(10^10^10)",
    "(" * 250 + ")" * 250,
    "(" * 100 + "w5" + ")" * 100,
    "exp(" * 90 + "w5" + ")" * 90,
    "-" * 400 + "w5",
    "2^-" * 150 + "w5",
    "w5+" * 150 + "w5",
    "w5\x00",
    "\x00",
    "\x1b[2J",
    "\ud800",
    "\N{CYRILLIC SMALL LETTER O}ut_o1",
    "\N{MATHEMATICAL ITALIC SMALL V}5",
    "w5\N{SUPERSCRIPT EQUALS SIGN}",
    "w5\N{HEBREW LETTER ALEF}",
    r"\frac" * 90,
    r"\frac{" * 80,
    r"\mathrm{" * 50 + "}" * 50,
    "{" * 400,
    "_{" * 200,
    "\N{INFINITY}",
    "nan",
    "inf",
)


HANGS = 20
"""Seconds of this thread's own work, however busy the cores are: a text that is refused in milliseconds elsewhere."""


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_what_is_no_formula_gets_a_sentence_at_once(text: str) -> None:
    began = time.thread_time()
    reason = refused(text)
    assert time.thread_time() - began < HANGS
    assert reason[-1] in ".?"
    assert len(reason) < 300
    assert reason.isprintable()
    assert re.fullmatch(r"[ -~…“”]*", re.sub("“.”", "", reason)), (
        "of other characters only the one that is named comes back"
    )


@given(st.text(max_size=MAX_LENGTH + 20))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = outcome(text)
    assert found is None or isinstance(found, Formula) or str(found)


@given(
    st.lists(st.sampled_from([*NAMES, *FUNCTIONS, *OPERATIONS, "**", "(", ")", "2", "0.5", "e", " ", "-"]), max_size=90)
)
def test_any_words_of_formulas_are_read_or_refused(words: list[str]) -> None:
    found = outcome("".join(words))
    if isinstance(found, Formula):
        assert np.shape(evaluate(found.expression, POINT)) == ()


@given(TREES)
def test_what_is_typed_is_what_is_read(expression: Expression) -> None:
    text = typed(expression)
    if len(text) <= MAX_LENGTH:
        found = evaluate(formula(text).expression, POINT)
        assert np.array_equal(found, evaluate(expression, POINT), equal_nan=True)
