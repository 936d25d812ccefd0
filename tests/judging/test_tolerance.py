import numpy as np
import pytest

from grader.judging.tolerance import CHANGE_SHARE, Tolerance


def test_the_larger_of_absolute_and_relative_counts() -> None:
    width = Tolerance(absolute=0.01, relative=0.1).width(np.array([0.0, 0.05, -2.0]))
    np.testing.assert_allclose(width, [0.01, 0.01, 0.2])


@pytest.mark.parametrize("value", [0.593269992107, 1.105905967060, -0.038098236517, 0.000438567734])
def test_four_significant_digits_of_a_lecture_figure_pass_by_default(value: float) -> None:
    rounded = float(f"{value:.3e}")
    assert abs(rounded - value) <= Tolerance().width(np.asarray(value))


@pytest.mark.parametrize("value", [0.593269992107, 1.105905967060, 0.138498561629])
def test_three_significant_digits_do_not(value: float) -> None:
    rounded = float(f"{value:.2e}")
    assert abs(rounded - value) > Tolerance().width(np.asarray(value))


@pytest.mark.parametrize(("before", "after"), [(0.15, 0.149780716133), (0.40, 0.358916479718), (-2.0, -2.0001)])
def test_an_update_is_judged_by_its_change_so_that_the_old_weight_never_passes(before: float, after: float) -> None:
    width = Tolerance(0.0, CHANGE_SHARE, of_change=True).width(np.asarray(after), before)
    assert width == pytest.approx(0.01 * abs(after - before), rel=1e-9)
    assert abs(before - after) > width


def test_an_update_that_changes_nothing_accepts_the_old_weight_to_the_last_bits() -> None:
    width = Tolerance(0.0, CHANGE_SHARE, of_change=True).width(np.asarray(0.4), 0.4)
    assert 0 < width < 1e-11
