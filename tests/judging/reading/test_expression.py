import numpy as np
import pytest

from grader.judging.reading.expression import (
    BinaryOperation,
    Call,
    Constant,
    Expression,
    Negated,
    Variable,
    evaluate,
    variables,
)

X, Y = Variable("x"), Variable("y")
POINTS = {"x": np.array([0.5, 2.0]), "y": np.array([3.0, -1.0])}


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        (BinaryOperation("+", X, Y), [3.5, 1.0]),
        (BinaryOperation("-", X, Y), [-2.5, 3.0]),
        (BinaryOperation("*", X, Y), [1.5, -2.0]),
        (BinaryOperation("/", X, Y), [0.5 / 3, -2.0]),
        (BinaryOperation("^", X, Constant(2.0)), [0.25, 4.0]),
        (Negated(X), [-0.5, -2.0]),
        (Call("exp", X), [np.exp(0.5), np.exp(2.0)]),
        (Call("ln", X), [np.log(0.5), np.log(2.0)]),
        (Call("log", X), [np.log(0.5), np.log(2.0)]),
        (Call("sqrt", X), [np.sqrt(0.5), np.sqrt(2.0)]),
        (Call("tanh", X), [np.tanh(0.5), np.tanh(2.0)]),
        (Call("abs", Y), [3.0, 1.0]),
        (Call("sigmoid", X), [1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(-2.0))]),
        (Call("logistic", X), [1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(-2.0))]),
    ],
)
def test_values_are_worked_out_at_every_point(expression: Expression, values: list[float]) -> None:
    assert evaluate(expression, POINTS) == pytest.approx(values, rel=1e-15)


@pytest.mark.parametrize(
    "expression",
    [
        BinaryOperation("/", X, Constant(0.0)),
        BinaryOperation("/", Constant(0.0), Constant(0.0)),
        BinaryOperation("^", Constant(1e12), BinaryOperation("^", Constant(1e12), Constant(20.0))),
        Call("ln", Negated(X)),
        Call("sqrt", Negated(X)),
        Call("exp", Constant(1e12)),
    ],
)
def test_what_has_no_value_never_warns(expression: Expression) -> None:
    assert not np.isfinite(evaluate(expression, POINTS)).any()


def test_variables_are_told_as_often_as_they_stand_there() -> None:
    expression = BinaryOperation(
        "*", Call("exp", X), BinaryOperation("-", Negated(Y), BinaryOperation("+", X, Constant(1.0)))
    )
    assert list(variables(expression)) == ["x", "y", "x"]
