import numpy as np

from grader.engine.rules import WeightedSum


def summed(*parents: float) -> float:
    return float(WeightedSum(len(parents) // 2)(*(np.asarray(parent) for parent in parents)))


def test_a_sum_that_is_zero_on_paper_is_zero() -> None:
    assert 0.1 + 0.2 - 0.3 != 0
    assert summed(0.1, 1.0, 0.2, 1.0, -0.3) == 0.0
    assert summed(9249.9, 1.0, 3400.2, 1.0, -12650.1) == 0.0


def test_a_small_sum_of_small_terms_is_kept() -> None:
    assert summed(2e-14, 1.0, -3e-14) == 2e-14 - 3e-14


def test_a_sum_beyond_float64_is_infinite_and_not_zero() -> None:
    with np.errstate(over="ignore"):
        assert summed(1e308, 10.0, 1e308, 10.0) == np.inf


def test_terms_whose_sizes_add_up_beyond_float64_are_summed_all_the_same() -> None:
    assert summed(1e308, 1.0, -1.5e308) == 1e308 - 1.5e308
