import numpy as np
import pytest

from grader.engine.names import Array
from grader.engine.network import LOSSES, cross_entropy

TARGETS = np.array([0.01, 0.5, 0.99, 1.0, 0.0])
OUTS = np.array([0.751365069552, 0.2, 0.772928465321, 0.9, 0.4])


def total(loss: str, targets: Array, outs: Array) -> float:
    errors = LOSSES[loss].error(targets, outs)
    return float(errors.mean() if LOSSES[loss].mean else errors.sum())


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("node", range(len(OUTS)))
def test_every_slope_is_the_derivative_of_the_total_error(loss: str, node: int) -> None:
    reach = np.zeros(len(OUTS))
    reach[node] = 1e-6
    difference = (total(loss, TARGETS, OUTS + reach) - total(loss, TARGETS, OUTS - reach)) / 2e-6
    slope = LOSSES[loss].slope(TARGETS, OUTS, len(OUTS))[node]
    assert slope == pytest.approx(difference, rel=1e-7, abs=1e-9)


def test_half_squared_gives_the_errors_of_the_lecture() -> None:
    errors = LOSSES["half-squared"].error(TARGETS[[0, 2]], OUTS[[0, 2]])
    np.testing.assert_allclose(errors, [0.274811083176, 0.023560025584], atol=1e-11)


def test_cross_entropy_of_a_target_of_zero_is_zero_even_for_an_output_of_zero() -> None:
    np.testing.assert_array_equal(cross_entropy(np.array([0.0, 0.0]), np.array([0.0, 0.7])), [0.0, 0.0])


def test_only_mean_squared_divides_by_the_number_of_outputs() -> None:
    assert [name for name, loss in LOSSES.items() if loss.mean] == ["mean-squared"]
    assert total("mean-squared", np.array([0.0, 0.0]), np.array([1.0, 3.0])) == 5.0
