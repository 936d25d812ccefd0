from uuid import UUID

import pytest

from grader.analytics.similar_answers import TypedAnswer, comparable, relative_values
from grader.catalog.load import Catalog
from grader.judging.exercise import Exercise


@pytest.fixture(scope="module")
def exercise(catalog: Catalog) -> Exercise:
    return catalog.find("backprop-2-2-2").exercise


def typed(field: str, text: str, givens: dict[str, float] | None = None) -> TypedAnswer:
    return TypedAnswer(1, UUID(int=1), field, text, givens)


def test_a_place_is_the_ratio_to_the_right_value(exercise: Exercise) -> None:
    right = float(exercise.reference["delta_o1"])
    (wrong,) = relative_values(exercise, [typed("delta_o1", f" {-2 * right:.9g} ")])
    assert wrong.place == pytest.approx(-2)
    assert wrong.text == f"{-2 * right:.9g}"


def test_of_an_update_the_changes_are_compared(exercise: Exercise) -> None:
    new, old = float(exercise.reference["w5_new"]), float(exercise.reference["w5"])
    (wrong,) = relative_values(exercise, [typed("w5_new", f"{old + 2 * (new - old):.12g}")])
    assert wrong.place == pytest.approx(2)


def test_the_same_wrong_factor_is_alike_for_different_given_values(exercise: Exercise) -> None:
    printed = {given.name: given.value for given in exercise.givens}
    other = printed | {"i1": 0.1}
    nets = [0.15 * values["i1"] + 0.2 * values["i2"] + 0.35 for values in (printed, other)]
    answers = [typed("net_h1", f"{3 * net:.9g}", values) for net, values in zip(nets, (printed, other), strict=True)]
    assert [wrong.place for wrong in relative_values(exercise, answers)] == [pytest.approx(3), pytest.approx(3)]


def test_few_digits_are_wider_but_not_without_end(exercise: Exercise) -> None:
    fine, rough = relative_values(exercise, [typed("net_h1", "0.777500"), typed("net_h1", "0.8")])
    assert fine.width < rough.width <= 0.005


def test_what_is_no_number_is_left_out(exercise: Exercise) -> None:
    assert relative_values(exercise, [typed("net_h1", "?"), typed("net_h1", "")]) == []


def test_weights_and_formulas_are_not_compared(catalog: Catalog) -> None:
    assert comparable(catalog.find("and-gate").exercise) == frozenset()
