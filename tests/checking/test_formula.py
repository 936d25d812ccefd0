import math
import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checking.expression import (
    FUNCTIONS,
    OPERATIONS,
    Call,
    Constant,
    Expression,
    Negated,
    Operation,
    Variable,
    evaluate,
)
from grader.checking.formula import MAX_LENGTH, Formula, read_formula
from grader.checking.numbers import Unreadable
from tests.checking.trees import NAMES, TREES

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
    """A formula as somebody types it who puts brackets everywhere."""
    match expression:
        case Constant(value):
            return repr(value)
        case Variable(name):
            return name
        case Negated(of):
            return f"(-{typed(of)})"
        case Operation(sign, left, right):
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
    ],
)
def test_formulas_are_read_as_people_write_them(text: str, value: float) -> None:
    assert float(evaluate(formula(text).expression, POINT)) == pytest.approx(value, rel=1e-12, abs=1e-15)


def test_the_text_is_kept_as_it_was_typed() -> None:
    assert formula(" η·w5 ").text == " η·w5 "


@pytest.mark.parametrize("text", ["", " ", "\n", "\u00a0\u202f\t"])
def test_blank_is_no_formula(text: str) -> None:
    assert read_formula(text, NAMES) is None


def test_a_variable_goes_before_what_its_name_means_otherwise() -> None:
    assert formula("e * 2", ("e",)).expression == Operation("*", Variable("e"), Constant(2.0))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2 out_o1", "A sign is missing between 2 and out_o1; multiplication is written with *, as in 2 * 3."),
        ("2out_o1", "A sign is missing between 2 and out_o1; multiplication is written with *, as in 2 * 3."),
        ("out_o1(1 - out_o1)", "A sign is missing between out_o1 and (; multiplication is written with *"),
        ("(w5)(w5)", "A sign is missing between ) and (; multiplication is written with *"),
        ("3 4", "A sign is missing between 3 and 4"),
        ("2e", "A sign is missing between 2 and e"),
        ("w5_new = w5 - eta", "Write only what stands to the right of the = sign."),
        ("out_h2", "There is no out_h2 here; the names that may be used are target_o1, out_o1, out_h1, delta_o1, "),
        ("OUT_o1", "There is no OUT_o1 here;"),
        ("exp w5", "exp needs brackets around what it is taken of: exp(…)."),
        ("2 * exp", "exp is a function: write in brackets what it is taken of."),
        ("(w5", "1 bracket is not closed."),
        ("((w5", "2 brackets are not closed."),
        ("w5)", "There is a closing bracket without an opening one."),
        ("w5 +", "Something is missing or out of place; a formula looks like (a - b) * exp(-c) / 2."),
        ("* w5", "Something is missing or out of place;"),
        ("()", "Something is missing or out of place;"),
        ("w5 // eta", "Something is missing or out of place;"),
        ("exp(w5, eta)", "A comma stands only inside a number, like 0,5; functions take one value."),
        ("w5.", "A point stands only inside a number, like 0.5."),
        ("[w5]", "Only round brackets are read."),
        ("{w5}", "Only round brackets are read."),
        ("1e13 * w5", "The number 1e13 is too large for a formula."),
        ("w5^21", "An exponent is beyond 20."),
        ("w5^-21", "An exponent is beyond 20."),
        ("w5^(1/0)", "An exponent is beyond 20."),
        ("x" * 600, "This has 600 characters; a formula may have 500."),
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
    "exp(w5)(w5)",
    "exp()",
    "exp(exp)",
    "*w5",
    "w5; eta",
    "w5\\\n+ eta",
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
    "w5\u202e",
    "\N{CYRILLIC SMALL LETTER O}ut_o1",
    "\N{FULLWIDTH LATIN SMALL LETTER W}5",
    "\N{MATHEMATICAL ITALIC SMALL W}5",
    "w\N{SUBSCRIPT FIVE}",
    "w5\N{SUPERSCRIPT TWO}",
    "\N{ARABIC-INDIC DIGIT THREE}",
    "w5\N{ZERO WIDTH SPACE}",
    "\N{INFINITY}",
    "nan",
    "inf",
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_what_is_no_formula_gets_a_sentence_at_once(text: str) -> None:
    began = time.perf_counter()
    reason = refused(text)
    assert time.perf_counter() - began < 1
    assert reason.endswith(".")
    assert len(reason) < 300
    assert re.fullmatch(r"[ -~…]*", reason), "nothing of what was typed but plain characters comes back"


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
