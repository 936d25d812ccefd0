import numpy as np
import pytest
from numpy.random import PCG64

from grader.engine.data import GENERATORS, Recipe, make_rows, normal, uniform


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_seed_gives_the_same_rows(name: str) -> None:
    points, which = make_rows(name, Recipe(7, 50, 0.1))
    again, _ = make_rows(name, Recipe(7, 50, 0.1))
    other, _ = make_rows(name, Recipe(8, 50, 0.1))
    assert points.shape == (50, 2)
    assert which.sum() == 25
    np.testing.assert_array_equal(points, again)
    assert not np.array_equal(points, other)


def test_two_moons_are_these_everywhere() -> None:
    points, which = make_rows("two-moons", Recipe(1, 2, 0.1))
    expected = [[-0.05826647, 0.82080342], [1.77196697, 0.44606424]]
    np.testing.assert_allclose(points, expected, atol=1e-8)
    assert which.tolist() == [0.0, 1.0]


def test_without_noise_the_moons_are_half_circles() -> None:
    points, which = make_rows("two-moons", Recipe(3, 400))
    upper, lower = points[which == 0], points[which == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1.0)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5), 1.0)
    assert upper[:, 1].min() >= 0.0
    assert lower[:, 1].max() <= 0.5


def test_exclusive_or_is_one_where_the_inputs_differ() -> None:
    points, which = make_rows("exclusive-or", Recipe(5, 40))
    assert ((points[:, 0] != points[:, 1]) == (which == 1)).all()


def test_the_numbers_are_uniform_and_normal() -> None:
    flat, bell = uniform(PCG64(1), 100_000), normal(PCG64(2), 100_000)
    assert (flat >= 0).all()
    assert (flat < 1).all()
    assert flat.mean() == pytest.approx(0.5, abs=0.01)
    assert np.isfinite(bell).all()
    assert (bell.mean(), bell.std()) == (pytest.approx(0.0, abs=0.01), pytest.approx(1.0, abs=0.01))
