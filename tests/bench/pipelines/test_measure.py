import pytest

from bench.pipelines.measure import median_quantile, quantile


@pytest.mark.parametrize(("share", "expected"), [(0.5, 51), (0.95, 96), (1.0, 100), (0.0, 1)])
def test_a_quantile_is_a_time_that_was_measured(share: float, expected: float) -> None:
    assert quantile(range(100, 0, -1), share) == expected


def test_one_bad_round_of_three_does_not_move_the_median() -> None:
    assert median_quantile([(1.0, 2.0), (1.0, 2.0), (90.0, 100.0)], 0.95) == 2.0
