import numpy as np
import pytest

from grader.engine.activations import ACTIVATION_NAMES, ACTIVATIONS, SOFTMAX, Activation, softmax
from grader.engine.names import Array

SMOOTH_POINTS = np.array([-30.0, -4.2, -1.1, -0.7, -0.3, -0.01, 0.02, 0.31, 0.49, 0.51, 1.3, 5.0, 30.0])
"""None of them at a kink: those are at -0.5, 0 and 0.5."""

EXTREMES = np.array([-1e308, -1e4, -750.0, -0.0, 0.0, 750.0, 1e4, 1e308])

WITH_SLOPE = [name for name, row in ACTIVATIONS.items() if row.df is not None]
WITHOUT_SLOPE = [name for name, row in ACTIVATIONS.items() if row.df is None]


def slope_of(row: Activation, net: Array) -> Array:
    assert row.df is not None
    return row.df(net)


@pytest.mark.parametrize("name", WITH_SLOPE)
def test_every_derivative_agrees_with_finite_differences(name: str) -> None:
    row, reach = ACTIVATIONS[name], 1e-6
    difference = (row.f(SMOOTH_POINTS + reach) - row.f(SMOOTH_POINTS - reach)) / (2 * reach)
    np.testing.assert_allclose(slope_of(row, SMOOTH_POINTS), difference, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in WITH_SLOPE if ACTIVATIONS[name].df_of_output is not None])
def test_the_derivative_written_with_the_output_is_the_same(name: str) -> None:
    row = ACTIVATIONS[name]
    assert row.df_of_output is not None
    np.testing.assert_allclose(row.df_of_output(row.f(SMOOTH_POINTS)), slope_of(row, SMOOTH_POINTS), atol=1e-14)


@pytest.mark.parametrize("name", WITH_SLOPE)
def test_nothing_overflows_or_warns_far_out(name: str) -> None:
    row = ACTIVATIONS[name]
    assert np.isfinite(row.f(EXTREMES)).all()
    assert np.isfinite(slope_of(row, EXTREMES)).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_outputs_stay_within_the_declared_bounds(name: str) -> None:
    row = ACTIVATIONS[name]
    outs = row.f(np.concatenate([SMOOTH_POINTS, EXTREMES]))
    assert (outs >= row.low).all()
    assert (outs <= row.high).all()


@pytest.mark.parametrize("name", [name for name, row in ACTIVATIONS.items() if row.open])
def test_open_bounds_are_not_reached_where_float64_can_tell(name: str) -> None:
    row = ACTIVATIONS[name]
    outs = row.f(np.array([-18.0, 18.0]))
    assert (outs > row.low).all()
    assert (outs < row.high).all()


@pytest.mark.parametrize(
    ("name", "nets", "outs"),
    [
        ("step", [-1.0, 0.0, 2.0], [0.0, 1.0, 1.0]),
        ("sign", [-1.0, 0.0, 2.0], [-1.0, 1.0, 1.0]),
        ("piecewise-linear", [-0.6, -0.5, 0.0, 0.25, 0.5, 0.6], [0.0, 0.0, 0.5, 0.75, 1.0, 1.0]),
        ("relu", [-2.0, 0.0, 3.0], [0.0, 0.0, 3.0]),
        ("identity", [-2.0, 3.0], [-2.0, 3.0]),
        ("logistic", [0.0, 0.3775], [0.5, 0.593269992107]),
        ("tanh", [0.0, 0.5], [0.0, 0.462117157260]),
        ("half-tanh", [0.0, 1.0], [0.0, 0.462117157260]),
    ],
)
def test_functions_give_what_the_lecture_says(name: str, nets: list[float], outs: list[float]) -> None:
    np.testing.assert_allclose(ACTIVATIONS[name].f(np.array(nets)), outs, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "net", "slope"),
    [("piecewise-linear", -0.5, 1.0), ("piecewise-linear", 0.5, 1.0), ("relu", 0.0, 0.0)],
)
def test_slopes_at_kinks_are_part_of_the_table(name: str, net: float, slope: float) -> None:
    assert slope_of(ACTIVATIONS[name], np.array([net])) == [slope]


def test_step_and_sign_have_no_derivative() -> None:
    assert WITHOUT_SLOPE == ["step", "sign"]


def test_softmax_shares_one_and_never_overflows() -> None:
    nets = (np.array([1.0, 1e308, -1e308]), np.array([2.0, 0.0, 0.0]), np.array([3.0, 1.0, 5.0]))
    shares = np.array([softmax(k, nets) for k in range(3)])
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    np.testing.assert_allclose(shares[:, 0], [0.0900305731704, 0.244728471055, 0.665240955775], atol=1e-12)


def test_softmax_is_known_by_name_beside_the_table() -> None:
    assert SOFTMAX in ACTIVATION_NAMES
    assert SOFTMAX not in ACTIVATIONS
