"""What the measure of honest sheets calls a right step."""

from pathlib import Path

from bench.fairness_tables import right_steps_lost
from grader.catalog.load import load_folder
from tests.fairness.chain import Paper, worked
from tests.fairness.digits import significant
from tests.fairness.steps import RIGHT, SHORT, WRONG, steps_in

EXERCISE = load_folder(Path(__file__).parents[2] / "exercises" / "backprop-2-2-2").exercise


def test_every_step_of_a_right_sheet_is_right() -> None:
    whole = worked(EXERCISE, EXERCISE.graph, Paper(EXERCISE, significant(9)))
    assert set(steps_in(EXERCISE, whole, whole).values()) == {RIGHT}


def test_a_slip_is_the_only_wrong_step_and_what_goes_on_from_it_is_right() -> None:
    whole = worked(EXERCISE, EXERCISE.graph, Paper(EXERCISE, significant(9), {"net_o1": lambda value: value + 0.1}))
    found = steps_in(EXERCISE, whole, whole)
    assert {name for name, how in found.items() if how == WRONG} == {"net_o1"}


def test_a_value_with_fewer_digits_than_asked_for_is_told_apart() -> None:
    whole = worked(EXERCISE, EXERCISE.graph, Paper(EXERCISE, significant(9))) | {"out_o1": "0.75"}
    assert steps_in(EXERCISE, whole, whole)["out_o1"] == SHORT


def test_what_goes_on_from_a_slip_that_is_not_shown_does_not_follow_from_what_is() -> None:
    whole = worked(EXERCISE, EXERCISE.graph, Paper(EXERCISE, significant(9), {"net_o1": lambda value: value + 0.1}))
    shown = {name: text for name, text in whole.items() if name != "net_o1"}
    assert steps_in(EXERCISE, whole, shown)["out_o1"] == WRONG


def test_only_right_steps_that_earn_less_count_as_lost() -> None:
    steps = RIGHT + RIGHT + SHORT + WRONG + RIGHT
    assert right_steps_lost({"letters": "cffff"}, {"letters": "ciwww", "steps": steps}) == 2
