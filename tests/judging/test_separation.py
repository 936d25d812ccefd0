"""What the separation says is what mistakes do."""

import numpy as np
import pytest
from hypothesis import given

from grader.engine.mistakes import single_ways
from grader.judging.separation import ENOUGH, separate, would_do
from tests.engine.chance import Make, made, makes
from tests.exercises.figures import BACKPROP, exercise
from tests.judging.made import ask_all, reference
from tests.judging.test_properties import GENERATED, done_with


@GENERATED
@given(makes())
def test_the_gap_of_a_field_is_the_distance_of_the_nearest_mistake(make: Make) -> None:
    one = ask_all(made(make))
    right = reference(one)
    sheets = [done_with(one, way) for way in single_ways(one.network, one.graph)]
    for gap in separate(one).gaps:
        away = [abs(sheet[gap.field] - right[gap.field]) for sheet in sheets]
        changed = [gone for gone in away if gone > 1e-12 * max(1.0, abs(right[gap.field]))]
        assert gap.tolerances == pytest.approx(min(changed) / float(one.width(gap.field)), rel=1e-6)


@GENERATED
@given(makes())
def test_what_is_unseen_changes_nothing(make: Make) -> None:
    one = ask_all(made(make))
    unseen = set(separate(one).unseen)
    right = reference(one)
    for way in single_ways(one.network, one.graph):
        if way.id in unseen:
            assert done_with(one, way) == pytest.approx(right, rel=1e-11, abs=1e-11)


def test_mistakes_that_can_not_be_told_apart_are_alternatives_of_each_other() -> None:
    groups = [set(group) for group in separate(exercise(BACKPROP)).alike]
    assert all(len(group) > 1 for group in groups)
    assert separate(exercise(BACKPROP)).narrow == ()


def test_many_given_values_show_the_worst_of_them() -> None:
    one = exercise(BACKPROP)
    given_ = {name: np.asarray(one.reference[name]) for name in one.graph.given}
    columns = {**given_, "i1": np.array([0.05, 0.06, 0.07])}
    each = [separate(one, {**given_, "i1": np.asarray(value)}) for value in (0.05, 0.06, 0.07)]
    nearest = min(found.gaps[0].tolerances for found in each)
    assert separate(one, columns).gaps[0].tolerances == pytest.approx(nearest, rel=1e-9)
    assert separate(one, columns).crowded == sum(bool(found.narrow) for found in each)


def test_no_tolerance_would_do_where_a_mistake_differs_in_the_last_bits() -> None:
    one = exercise(BACKPROP)
    gap = separate(one).gaps[0]
    assert would_do(one, gap) is not None
    assert would_do(one, type(gap)(ENOUGH * 1e-9, gap.field, gap.mistake)) is None
