import pytest

from grader.judging.separation import ENOUGH, mistake_effects, separate
from tests.exercises.figures import BACKPROP, exercise


def test_every_mistake_that_can_happen_is_there_with_what_it_changes() -> None:
    found = {one.mistake: one for one in mistake_effects(exercise(BACKPROP))}
    half = {changed.field: changed.wrong for changed in found["half-missing"].changed}
    assert half["E_o1"] == pytest.approx(2 * 0.274811083, rel=1e-6)
    assert "net_h1" not in half


def test_the_nearest_field_is_the_one_that_the_separation_names() -> None:
    one = exercise(BACKPROP)
    nearest = min(likeness.nearest.tolerances for likeness in mistake_effects(one) if likeness.nearest)
    assert nearest == pytest.approx(separate(one).gaps[0].tolerances)
    assert nearest >= ENOUGH


def test_nothing_that_is_served_is_narrow() -> None:
    assert not any(likeness.is_narrow for likeness in mistake_effects(exercise(BACKPROP)))


def test_where_nothing_is_computed_there_is_nothing_to_compare() -> None:
    assert mistake_effects(exercise("and-gate")) == ()
